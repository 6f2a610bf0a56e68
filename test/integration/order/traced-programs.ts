// Programs that write into one file when they are spawned, told to stop, and stopped.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessInfo } from '../../../src/client/process-info.ts';
import { clientOf } from '../../support/client.ts';
import { Daemon, type DaemonSetup } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const script = join(import.meta.dir, 'traced-program.py');

export type Kind = 'stays' | 'gated' | 'task';

const ofKind: Readonly<Record<Kind, readonly string[]>> = {
  stays: ['ready=fd:3', 'startsecs=0'],
  gated: ['ready=fd:3', 'startsecs=0'],
  task: ['oneshot=true', 'startsecs=0'],
};

/** A section; `kind` is that of traced-program.py. */
export function traced(section: string, kind: Kind, ...options: string[]): string {
  const argument = kind === 'stays' ? '' : kind;
  return `[${section}]
command=/usr/bin/python3 -S ${script} ${argument}
directory=%(here)s
stdout_logfile=NONE
stderr_logfile=%(here)s/stderr
${[...ofKind[kind], ...options].join('\n')}
`;
}

export const program = (name: string, kind: Kind, ...options: string[]) =>
  traced(`program:${name}`, kind, ...options);

/** Lets a gated program be ready, or a task end with that exit code. */
export function go(daemon: Daemon, name: string, code = 0): void {
  writeFileSync(daemon.path(`${name}.tmp`), String(code));
  renameSync(daemon.path(`${name}.tmp`), daemon.path(`${name}.go`));
}

/** `spawned db`, `stopping db`, `stopped db` since the last call of `forget`. */
export function trace(daemon: Daemon): string[] {
  return daemon
    .read('trace')
    .split('\n')
    .filter((line) => line !== '');
}

export function forget(daemon: Daemon): void {
  rmSync(daemon.path('trace'), { force: true });
}

/** Of some lines of the trace those that are there, in their order. */
export function orderOf(daemon: Daemon, ...lines: string[]): string[] {
  return trace(daemon).filter((line) => lines.includes(line));
}

/** Of each process by name. */
export async function processes(daemon: Daemon): Promise<Record<string, ProcessInfo>> {
  const client = clientOf(daemon);
  try {
    const all = await client.allProcesses();
    return Object.fromEntries(
      all.map((info) => [info.group === info.name ? info.name : `${info.group}:${info.name}`, info]),
    );
  } finally {
    client.close();
  }
}

/** State and, while it waits or when it is FATAL, the description. */
export async function shown(daemon: Daemon): Promise<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(await processes(daemon)).map(([name, { statename, description }]) => [
      name,
      statename === 'FATAL' || description.startsWith('waiting for ')
        ? `${statename} ${description}`
        : statename,
    ]),
  );
}

export async function untilShown(daemon: Daemon, expected: Readonly<Record<string, string>>): Promise<void> {
  let seen: Record<string, string> = {};
  await eventually(
    async () => {
      seen = await shown(daemon);
      return Object.entries(expected).every(([name, text]) => seen[name] === text);
    },
    {
      what: JSON.stringify(expected),
      giveUp: async () => (daemon.subprocess.exitCode === null ? null : 'the daemon has ended'),
    },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}, but saw ${JSON.stringify(seen)}`);
  });
}

/** Runs `act` with a daemon whose programs are these. */
export async function withPrograms(
  setup: Omit<DaemonSetup, 'config'> & { readonly config: string },
  act: (daemon: Daemon) => Promise<void>,
): Promise<void> {
  const daemon = await Daemon.start(setup);
  try {
    await act(daemon);
  } finally {
    await daemon.stop();
  }
}
