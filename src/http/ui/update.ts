// Rereads the configuration, shows the changes, and applies them.
import { ConfigError } from '../../config/config.ts';
import { OperationError } from '../../operations/operation-error.ts';
import { stopAll } from '../../operations/stop.ts';
import { updateGroup } from '../../operations/update.ts';
import type { Requester } from '../../supervisor/requester.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { GroupChange, UpdatePlan } from './api-types.ts';
import type { Report } from './progress.ts';
import { updatePlan } from './update-plan.ts';

/** Rereads the files; starts and stops nothing. */
export function previewUpdate(supervisor: Supervisor): UpdatePlan {
  try {
    supervisor.reread();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { message, position } = error;
    return { kind: 'broken', message, file: position?.file ?? '', line: position?.line ?? 0 };
  }
  return currentPlan(supervisor);
}

/** Applies the plan with this token; does nothing if the changes are different by now. */
export async function carryOutUpdate(
  supervisor: Supervisor,
  token: string,
  by: Requester,
  report: Report,
): Promise<void> {
  const plan = currentPlan(supervisor);
  if (plan.token !== token) {
    report({ outdated: true });
    return;
  }
  report({ total: plan.changes.length });
  await stopInOrder(supervisor, plan.changes, by);
  for (const change of plan.changes) await carryOut(supervisor, change, by, report);
}

function currentPlan({ groups, config }: Supervisor): UpdatePlan & { kind: 'plan' } {
  return updatePlan(
    [...groups.values()].map((group) => group.config),
    config.groups,
  );
}

/** With dependencies all that goes or changes stops before the first is replaced, each after what depends on it. */
async function stopInOrder(
  { groups, daemon }: Supervisor,
  changes: readonly GroupChange[],
  by: Requester,
): Promise<void> {
  if (daemon.dependencies.current.isEmpty) return;
  const processes = changes.flatMap(({ group }) => groups.get(group)?.processesByPriority ?? []);
  await stopAll(processes, by);
}

async function carryOut(
  supervisor: Supervisor,
  change: GroupChange,
  by: Requester,
  report: Report,
): Promise<void> {
  const { group } = change;
  try {
    await updateGroup(supervisor, change, by);
    report({ done: group });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    report({ failed: group, fault: error.failure, detail: error.message });
  }
}
