// A process as shown by the page.

import { channels } from '../../config/channel.ts';
import { signalName } from '../../linux/signals.ts';
import type { ExitStatus } from '../../linux/wait.ts';
import type { Goal } from '../../supervisor/lifecycle/goal.ts';
import type { Process } from '../../supervisor/process.ts';
import { describeRequester } from '../../supervisor/requester.ts';
import { unixSecondsOf } from '../../supervisor/timestamp.ts';
import type { ExitView, GoalView, ProcessView } from './api-types.ts';
import { startViews } from './start-view.ts';

export function processView(process: Process, restarts: number): ProcessView {
  const { name, group, state, pid, times, life } = process;
  return {
    id: processId(process),
    ...{ name, group, state, pid, restarts },
    started: times.started,
    stopped: times.stopped,
    problem: life.spawnError,
    statusText: process.statusText,
    reloading: process.notify?.isReloading ?? false,
    lastExit: exitView(process.lastExit),
    goal: goalView(process.goal),
    logs: channels.filter((channel) => process.logPaths[channel] !== null),
    ...(process.hasCompleted && { completed: true }),
    ...startViews(process),
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

function goalView(goal: Goal): GoalView {
  if (goal.kind === 'none') return goal;
  const { by, at } = goal.asked;
  return {
    kind: goal.kind,
    by: by.kind === 'configuration' ? null : describeRequester(by),
    at: unixSecondsOf(at),
  };
}
