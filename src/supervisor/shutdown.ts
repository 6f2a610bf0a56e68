// Shutdown: group by group from the highest priority number down, each after the previous one is down; what depends on
// a group stops before it.
import type { DaemonContext } from './daemon-context.ts';
import type { DependencyTracker } from './dependencies/dependency-tracker.ts';
import { inStopOrder } from './dependencies/stop-order.ts';
import type { Group } from './group.ts';
import { isStopped } from './lifecycle/process-state.ts';
import type { Process } from './process.ts';
import { untilProcess } from './wait-for-state.ts';

const reportIntervalMs = 3000;

/**
 * Resolves when every process has stopped; forbids further starts. `groups` is in the order of activation, which is
 * that of the log lines.
 */
export async function stopGroupsInTurn(
  groups: readonly Group[],
  byPriority: readonly Group[],
  { log, dependencies }: Pick<DaemonContext, 'log' | 'dependencies'>,
): Promise<void> {
  for (const group of groups) for (const process of group.processes) process.forbidStart();
  const report = () => {
    const names = groups.flatMap((group) => group.unstopped.map((process) => process.name));
    if (names.length > 0) log.info(`waiting for ${names.join(', ')} to die`);
  };
  const reports = setInterval(report, reportIntervalMs);
  try {
    const done = new Set<Process>();
    for (const group of byPriority.toReversed()) {
      const isFirst = done.size === 0;
      const stopping = stopGroup(group, dependencies, done);
      if (isFirst) report();
      await stopping;
    }
  } finally {
    clearInterval(reports);
  }
}

/** What depends on its processes stops first, though it may be in another group. `done`: what was stopped so far. */
async function stopGroup(group: Group, dependencies: DependencyTracker, done: Set<Process>): Promise<void> {
  const own = group.processesByPriority.toReversed().filter((process) => !done.has(process));
  const processes = dependencies.withDependents(own, done);
  for (const process of processes) done.add(process);
  const stop = inStopOrder(processes, dependencies.current, terminated);
  await Promise.all([...processes].map(stop));
}

function terminated(process: Process): void | Promise<void> {
  process.terminate();
  if (!isStopped(process.life.state)) return untilProcess(process, () => isStopped(process.life.state));
}
