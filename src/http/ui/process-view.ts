// A process as the page shows it.

import { channels } from '../../config/channel.ts';
import { signalName } from '../../linux/signals.ts';
import type { ExitStatus } from '../../linux/wait.ts';
import type { Process } from '../../supervisor/process.ts';
import type { ExitView, ProcessView } from './api-types.ts';

export function processView(process: Process, restarts: number): ProcessView {
  const { name, group, state, pid, times, life } = process;
  return {
    id: processId(process),
    ...{ name, group, state, pid, restarts },
    started: times.started,
    stopped: times.stopped,
    problem: life.spawnError,
    lastExit: exitView(process.lastExit),
    logs: channels.filter((channel) => process.logPaths[channel] !== null),
  };
}

export function processId({ group, name }: Pick<Process, 'group' | 'name'>): string {
  return `${group}:${name}`;
}

export function exitView(status: ExitStatus | null): ExitView | null {
  if (status === null) return null;
  if (status.kind === 'exited') return status;
  return { kind: 'signaled', signal: signalName(status.signal), coreDumped: status.coreDumped };
}
