// What systemd knows of the services that run a supervisord: systemctl(1), which anybody may ask.
import { existsSync } from 'node:fs';
import type { UnitView } from '../view.ts';

const names = ['tsupervisor.service', 'supervisor.service', 'supervisord.service'] as const;
const properties = 'Id,LoadState,ActiveState,UnitFileState,Result,PrivateTmp';
const patienceMs = 5000;

/** Null where systemd does not run (sd_booted(3)) or does not answer. */
export function lookAtUnits(): UnitView[] | null {
  if (!existsSync('/run/systemd/system') || Bun.which('systemctl') === null) return null;
  const { exitCode, stdout } = Bun.spawnSync(['systemctl', 'show', '-p', properties, ...names], {
    stdin: 'ignore',
    stderr: 'ignore',
    timeout: patienceMs,
  });
  return exitCode === 0 ? parseUnits(stdout.toString()) : null;
}

/** The output of `systemctl show`: a block for each unit, `Name=value` in each line. */
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
    }));
}

function setting(line: string): [string, string] {
  const equals = line.indexOf('=');
  return [line.slice(0, equals), line.slice(equals + 1)];
}
