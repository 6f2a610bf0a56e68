// Stop order: group by group from the highest priority number down, each after the previous one is down.
import type { ActivityLog } from '../data-plane/main/activity-log.ts';
import type { Group } from './group.ts';

const reportIntervalMs = 3000;

/**
 * Resolves when every process has stopped; forbids further starts. `groups` is in the order of activation, which is
 * that of the log lines.
 */
export async function stopGroupsInTurn(
  groups: readonly Group[],
  byPriority: readonly Group[],
  log: ActivityLog,
): Promise<void> {
  for (const group of groups) for (const process of group.processes) process.forbidStart();
  const report = () => {
    const names = groups.flatMap((group) => group.unstopped.map((process) => process.name));
    if (names.length > 0) log.info(`waiting for ${names.join(', ')} to die`);
  };
  const reports = setInterval(report, reportIntervalMs);
  try {
    let first = true;
    for (const group of byPriority.toReversed()) {
      for (const process of group.processesByPriority.toReversed()) process.terminate();
      if (first) report();
      first = false;
      await untilStopped(group);
    }
  } finally {
    clearInterval(reports);
  }
}

async function untilStopped(group: Group): Promise<void> {
  if (group.unstopped.length === 0) return;
  await new Promise<void>((resolve) => {
    const unsubscribes = group.processes.map((process) =>
      process.onTransition(() => {
        if (group.unstopped.length > 0) return;
        for (const unsubscribe of unsubscribes) unsubscribe();
        resolve();
      }),
    );
  });
}
