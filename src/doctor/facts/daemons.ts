// Which running processes are supervisords, ours or the original, and with which configuration.
import { existsSync, realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { findConfig, programPath } from '../../config/locate-config.ts';
import type { DaemonView } from '../machine-facts.ts';
import { printable } from './printable.ts';
import { commandLine, type ProcessEntry, sharesOurNamespace, workingDirectoryOf } from './process-table.ts';

export function runningDaemons(table: readonly ProcessEntry[]): DaemonView[] {
  const found = table.flatMap((entry) => {
    const options = daemonOptions(entry.argv);
    return options === null || !sharesOurNamespace(entry.pid) ? [] : [{ entry, options }];
  });
  // While a daemon goes into the background, its starter waits with the same command line.
  const starters = new Set(
    found
      .filter(({ entry }) => found.some((other) => isStarterOf(entry, other.entry)))
      .map(({ entry }) => entry.pid),
  );
  return found
    .filter(({ entry }) => !starters.has(entry.pid))
    .map(({ entry, options }) => ({
      pid: entry.pid,
      uid: entry.uid,
      commandLine: commandLine(entry),
      configPath: configPathOf(entry, options),
    }));
}

/** The options of a supervisord's command line; null for any other program. */
export function daemonOptions(argv: readonly string[]): readonly string[] | null {
  const [program = '', first = '', ...rest] = argv;
  const name = basename(program);
  if (name === 'supervisord') return argv.slice(1);
  // Also under the name of a version: tsupervisor-0.2.
  if (/^tsupervisor(?:[-_.].*)?$/.test(name)) return first === 'supervisord' || first === 'run' ? rest : null;
  if (!/^python[\d.]*$/.test(name)) return null;
  if (basename(first) === 'supervisord') return rest;
  return first === '-m' && rest[0] === 'supervisor.supervisord' ? rest.slice(1) : null;
}

/** What -c or --configuration names; null when it is not there. */
export function configurationOption(options: readonly string[]): string | null {
  for (const [index, word] of options.entries()) {
    const long = /^--conf[a-z]*(?:=(.*))?$/s.exec(word);
    // Letters before c are flags, which take no value.
    const short = /^-[nskt]*c(.*)$/s.exec(word);
    if (!long && !short) continue;
    return (long ? long[1] : short?.[1]) || (options[index + 1] ?? null);
  }
  return null;
}

function isStarterOf(entry: ProcessEntry, other: ProcessEntry): boolean {
  return other.parent === entry.pid && commandLine(other) === commandLine(entry);
}

function configPathOf({ pid, argv }: ProcessEntry, options: readonly string[]): string | null {
  const cwd = workingDirectoryOf(pid);
  const given = configurationOption(options);
  if (given !== null) return given.startsWith('/') || cwd !== null ? real(resolve(cwd ?? '/', given)) : null;
  if (cwd === null) return null;
  const [program = '', script = ''] = argv;
  const called = script.startsWith('/')
    ? script
    : programPath(program, process.env.PATH, program, existsSync);
  const found = findConfig(called, (path) => existsSync(resolve(cwd, path)));
  return found === null ? null : real(resolve(cwd, found));
}

/** Null for a path that could not be shown as it is. */
function real(given: string): string | null {
  const path = pathBehindLinks(given);
  return path === printable(path) ? path : null;
}

function pathBehindLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
