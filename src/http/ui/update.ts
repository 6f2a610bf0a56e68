// Reading the configuration again, showing what it would change, and changing that.
import { ConfigError } from '../../config/config.ts';
import { SyscallError } from '../../linux/errno.ts';
import type { OperationContext } from '../../operations/context.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import { RpcFault } from '../../xmlrpc/faults.ts';
import type { GroupChange, UpdatePlan } from './api-types.ts';
import type { Report } from './progress.ts';
import { stopAll } from './stop-all.ts';
import { updatePlan } from './update-plan.ts';

/** Reads the files again; nothing is started or stopped by it. */
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

/** Does what the plan with this token says; nothing, if what is to be done is something else by now. */
export async function carryOutUpdate(
  context: OperationContext,
  token: string,
  report: Report,
): Promise<void> {
  const plan = currentPlan(context.supervisor);
  if (plan.token !== token) {
    report({ outdated: true });
    return;
  }
  report({ total: plan.changes.length });
  for (const change of plan.changes) await carryOut(context, change, report);
}

function currentPlan({ groups, config }: Supervisor): UpdatePlan & { kind: 'plan' } {
  return updatePlan(
    [...groups.values()].map((group) => group.config),
    config.groups,
  );
}

async function carryOut(
  context: OperationContext,
  { group, kind }: GroupChange,
  report: Report,
): Promise<void> {
  const { supervisor } = context;
  try {
    if (kind !== 'added') await takeAway(context, group);
    if (kind !== 'removed' && supervisor.addGroup(group) === 'unknown') throw new RpcFault('BAD_NAME', group);
    report({ done: group });
  } catch (error) {
    if (!(error instanceof RpcFault || error instanceof SyscallError)) throw error;
    const fault = error instanceof RpcFault ? error.fault : 'FAILED';
    report({ failed: group, fault, detail: error.message });
  }
}

async function takeAway(context: OperationContext, name: string): Promise<void> {
  const group = context.supervisor.groups.get(name);
  if (!group) return;
  await stopAll(context, group.processesByPriority);
  if (context.supervisor.removeGroup(name) === 'running') throw new RpcFault('STILL_RUNNING', name);
}
