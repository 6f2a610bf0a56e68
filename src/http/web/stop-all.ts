// Stopping what is to be started again, or taken away.
import type { RpcContext } from '../../rpc/context.ts';
import { onEach } from '../../rpc/many.ts';
import { stopProcess } from '../../rpc/stop-process.ts';
import { untilProcess } from '../../rpc/wait.ts';
import type { Process } from '../../supervisor/process.ts';
import { isStopped } from '../../supervisor/process-state.ts';
import { processId } from './process-view.ts';

/** Resolves when all have ended, or cannot be made to end: what comes next will show which. */
export async function stopAll(context: RpcContext, processes: readonly Process[]): Promise<void> {
  await onEach(
    processes,
    (process) => process.isStoppable || process.state === 'STOPPING',
    (process) => {
      if (process.isStoppable) return stopProcess(context, process, processId(process), true);
      return untilProcess(process, () => isStopped(process.life.state));
    },
  );
}
