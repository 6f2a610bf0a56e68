// Orphans of an earlier daemon of this configuration: it was killed, or they had daemonised.
import type { Config } from '../../config/config.ts';
import { serverUrlForChildren } from '../../config/server-url.ts';
import type { OrphanView } from '../machine-facts.ts';
import { printable } from './printable.ts';
import { commandLine, environmentOf, isBefore, type ProcessEntry } from './process-table.ts';

/** Without their descendants. Empty if the configuration has no server, whose URL identifies them. */
export function orphansOf(
  config: Config | null,
  table: readonly ProcessEntry[],
  daemonPid: number | null,
  daemonPids: readonly number[],
): OrphanView[] {
  const url = config && serverUrlForChildren(config.servers);
  if (!url) return [];
  const byPid = new Map(table.map((entry) => [entry.pid, entry]));
  const daemon = daemonPid === null ? undefined : byPid.get(daemonPid);
  const ourOwn = new Set([process.pid, ...ancestors(process.pid, byPid)]);
  const names = new Map<number, string>();
  for (const entry of table) {
    if (ourOwn.has(entry.pid) || (daemon && !isBefore(entry, daemon))) continue;
    const environment = environmentOf(entry.pid);
    if (environment.has(`SUPERVISOR_SERVER_URL=${url}`)) names.set(entry.pid, printable(nameIn(environment)));
  }
  return [...names].flatMap(([pid, process]) => {
    const entry = byPid.get(pid);
    const above = ancestors(pid, byPid);
    const hasParent = above.some((ancestor) => names.has(ancestor) || daemonPids.includes(ancestor));
    return entry && !hasParent ? [{ pid, process, commandLine: commandLine(entry) }] : [];
  });
}

function ancestors(pid: number, byPid: ReadonlyMap<number, ProcessEntry>): number[] {
  const found: number[] = [];
  for (let next = byPid.get(pid)?.parent; next !== undefined && next > 0; next = byPid.get(next)?.parent)
    found.push(next);
  return found;
}

function nameIn(environment: ReadonlySet<string>): string {
  const prefix = 'SUPERVISOR_PROCESS_NAME=';
  return [...environment].find((word) => word.startsWith(prefix))?.slice(prefix.length) ?? '?';
}
