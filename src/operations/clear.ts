// Clears logs.
import { exists } from 'node:fs/promises';
import type { Process } from '../supervisor/process.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { OperationError, orFailed } from './operation-error.ts';

/**
 * Clears the logs of a running process; like in the original, those of others are kept. Rejects with OperationError
 * FAILED.
 */
export function clearOpenLogs(process: Process, label: string): Promise<void> {
  return orFailed(
    () => process.logs.clear(),
    () => label,
  );
}

/** Clears the logs of a process, whether or not it runs. Rejects with OperationError FAILED. */
export function clearLogs(process: Process): Promise<void> {
  return orFailed(
    () => process.logs.clearAll(),
    ({ message }) => message,
  );
}

/** Clears the daemon's log. `path`: null when its target is no file. Rejects with OperationError. */
export async function clearMainLog(supervisor: Supervisor, path: string | null): Promise<void> {
  if (path === null || !(await exists(path))) throw new OperationError('NO_FILE');
  await orFailed(
    () => supervisor.daemon.log.clear(),
    ({ message }) => message,
  );
}
