// Services that run a supervisord, from systemctl(1), which needs no privileges.
import { existsSync } from 'node:fs';
import { textOrEmpty } from '../../linux/text-or-empty.ts';
import type { UnitView } from '../machine-facts.ts';

const names = ['tsupervisor.service', 'supervisor.service', 'supervisord.service'] as const;
const properties = 'Id,LoadState,ActiveState,UnitFileState,Result,PrivateTmp,MainPID,StatusText';
const timeoutMs = 5000;

/**
 * The usual services and, whatever its name, the one that `daemonPid` runs in. Null if systemd is not running
 * (sd_booted(3)) or does not respond.
 */
export function gatherUnits(daemonPid: number | null): UnitView[] | null {
  if (!existsSync('/run/systemd/system') || Bun.which('systemctl') === null) return null;
  const service = daemonPid === null ? null : serviceIn(textOrEmpty(`/proc/${daemonPid}/cgroup`));
  const asked = new Set<string>(service?.scope === 'system' ? [...names, service.name] : names);
  const { exitCode, stdout } = Bun.spawnSync(['systemctl', 'show', '-p', properties, ...asked], {
    stdin: 'ignore',
    stderr: 'ignore',
    timeout: timeoutMs,
  });
  if (exitCode !== 0) return null;
  // Another user's manager cannot be queried; it is enough that it runs the daemon.
  const ofUser = service?.scope === 'user' ? [runningService(service.name, daemonPid ?? 0)] : [];
  const customary = new Set<string>(names);
  const known = parseUnits(stdout.toString()).filter(
    // A daemon started by hand may be in the service of cron or sshd.
    ({ name, mainPid }) => customary.has(`${name}.service`) || mainPid === daemonPid,
  );
  return [...known, ...ofUser];
}

/** The service of a process, from the text of its /proc/PID/cgroup (cgroups(7)). Null for none. */
export function serviceIn(controlGroups: string): { name: string; scope: 'system' | 'user' } | null {
  const path = /^(?:0:|\d+:name=systemd):(.*\.service.*)$/m.exec(controlGroups)?.[1] ?? '';
  const services = path.split('/').filter((part) => unitName.test(part));
  const name = services.at(-1);
  if (name === undefined) return null;
  return { name, scope: services.length > 1 && services[0]?.startsWith('user@') ? 'user' : 'system' };
}

/** As in systemd.unit(5). Users choose the names of cgroups below their own, including shell metacharacters. */
const unitName = /^[\w:.\\@-]+\.service$/;

/** Output of `systemctl show`: one block per unit with lines `Name=value`. */
export function parseUnits(text: string): UnitView[] {
  return text
    .split(/\n\n+/)
    .map((block) => new Map(block.split('\n').map(setting)))
    .filter((block) => block.has('Id'))
    .map((block) => ({
      name: (block.get('Id') ?? '').replace(/\.service$/, ''),
      loadState: block.get('LoadState') ?? '',
      activeState: block.get('ActiveState') ?? '',
      fileState: block.get('UnitFileState') ?? '',
      result: block.get('Result') ?? '',
      privateTmp: block.get('PrivateTmp') === 'yes',
      mainPid: Number(block.get('MainPID') ?? 0),
      statusText: block.get('StatusText') ?? '',
    }));
}

function runningService(name: string, mainPid: number): UnitView {
  return {
    name: name.replace(/\.service$/, ''),
    loadState: 'loaded',
    activeState: 'active',
    fileState: '',
    result: 'success',
    privateTmp: false,
    mainPid,
    statusText: '',
  };
}

function setting(line: string): [string, string] {
  const equals = line.indexOf('=');
  return [line.slice(0, equals), line.slice(equals + 1)];
}
