// Restarts processes: stops all of them before it starts the first, like `restart all` of the original.

import { isStopped } from '../supervisor/lifecycle/process-state.ts';
import type { Process } from '../supervisor/process.ts';
import type { Requester } from '../supervisor/requester.ts';
import { type BatchRequest, type Outcome, onEach } from './batch.ts';
import { OperationError } from './operation-error.ts';
import { inStartOrder, requireStartable, started } from './start.ts';
import { untilDown, untilStopped } from './stop.ts';
import { stopTogether } from './stop-together.ts';

/**
 * Also starts processes that are down. Resolves when each is RUNNING or has failed; OperationErrors become outcomes.
 */
export async function restart(
  processes: readonly Process[],
  { by, labelOf, onOutcome }: Omit<BatchRequest, 'wait'>,
): Promise<readonly Outcome[]> {
  await stopTogether(processes, {
    ...{ by, goal: 'restart', isWanted: () => true },
    stop: (process) => stopForRestart(process, by),
  });
  return onEach(
    inStartOrder(processes),
    () => true,
    (process) => release(process, labelOf(process)),
    onOutcome,
  );
}

function stopForRestart(process: Process, by: Requester): void | Promise<void> {
  const wasStopping = process.state === 'STOPPING';
  process.restart(by, { held: true });
  if (isStopped(process.life.state)) return;
  return wasStopping ? untilDown(process) : untilStopped(process);
}

/** Unless another request has replaced the goal meanwhile. */
function release(process: Process, label: string): void | Promise<void> {
  if (process.goal.kind === 'down') throw new OperationError('NOT_RUNNING', label);
  try {
    requireStartable(process, label);
  } catch (error) {
    process.abandonRestart();
    throw error;
  }
  process.release();
  return started(process, label, true);
}
