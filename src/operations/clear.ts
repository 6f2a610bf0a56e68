// Emptying logs.
import { exists } from 'node:fs/promises';
import { SyscallError } from '../linux/errno.ts';
import type { Process } from '../supervisor/process.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { OperationError } from './operation-error.ts';

/** Of a process that runs; one that does not keeps its logs, as in the original. Rejects with OperationError FAILED. */
export function clearOpenLogs(process: Process, label: string): Promise<void> {
  return orFailed(
    () => process.logs.clear(),
    () => label,
  );
}

/** Of a process, whether or not it runs. Rejects with OperationError FAILED. */
export function clearLogs(process: Process): Promise<void> {
  return orFailed(
    () => process.logs.clearAll(),
    ({ message }) => message,
  );
}

/** Of the daemon. `path`: null when its log goes elsewhere than to a file. Rejects with OperationError. */
export async function clearMainLog(supervisor: Supervisor, path: string | null): Promise<void> {
  if (path === null || !(await exists(path))) throw new OperationError('NO_FILE');
  await orFailed(
    () => supervisor.daemon.log.clear(),
    ({ message }) => message,
  );
}

async function orFailed(clear: () => Promise<void>, detail: (error: SyscallError) => string): Promise<void> {
  try {
    await clear();
  } catch (error) {
    if (error instanceof SyscallError) throw new OperationError('FAILED', detail(error));
    throw error;
  }
}
