// Stopping what is to be started again, or taken away.

import { onEach } from '../../operations/batch.ts';
import type { OperationContext } from '../../operations/context.ts';
import { stopProcess } from '../../operations/stop-process.ts';
import { untilProcess } from '../../operations/wait-for-state.ts';
import type { Process } from '../../supervisor/process.ts';
import { isStopped } from '../../supervisor/process-state.ts';
import { processId } from './process-view.ts';

/** Resolves when all have ended, or cannot be made to end: what comes next will show which. */
export async function stopAll(context: OperationContext, processes: readonly Process[]): Promise<void> {
  await onEach(
    processes,
    (process) => process.isStoppable || process.state === 'STOPPING',
    (process) => {
      if (process.isStoppable) return stopProcess(context, process, processId(process), true);
      return untilProcess(process, () => isStopped(process.life.state));
    },
  );
}
