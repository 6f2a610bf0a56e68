// Rotates logs.
import type { Process } from '../supervisor/process.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { OperationError, orFailed } from './operation-error.ts';

/** Rotates the logs of a process, whether or not it runs. Rejects with OperationError FAILED. */
export function rotateLogs(process: Process, label: string): Promise<void> {
  return orFailed(
    () => process.logs.rotate(),
    () => label,
  );
}

/** Rotates the daemon's log. `path`: null when its target is no file. */
export function rotateMainLog(supervisor: Supervisor, path: string | null): Promise<void> {
  if (path === null) throw new OperationError('NO_FILE');
  return orFailed(
    () => supervisor.daemon.log.rotate(),
    () => path,
  );
}
