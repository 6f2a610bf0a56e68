// Stops processes.
import type { Process } from '../supervisor/process.ts';
import { isStopped } from '../supervisor/process-state.ts';
import type { Requester } from '../supervisor/requester.ts';
import { onEach } from './batch.ts';
import { OperationError } from './operation-error.ts';
import type { OperationRequest } from './start.ts';
import { untilProcess } from './wait-for-state.ts';

const reportIntervalMs = 2000;

/** Stops it, also when only a scheduled start is pending. Otherwise like `start`. */
export function stop(process: Process, { by, label, wait }: OperationRequest): void | Promise<void> {
  if (!process.isStoppable) throw new OperationError('NOT_RUNNING', label);
  process.stop(by);
  if (process.state === 'UNKNOWN') throw new OperationError('FAILED', label);
  if (wait && !isStopped(process.life.state)) return untilStopped(process);
}

/** Resolves when it is down or cannot be stopped. Logs every two seconds that it is waited for. */
export async function untilStopped(process: Process): Promise<void> {
  const report = () => process.daemon.log.info(`waiting for ${process.name} to stop`);
  report();
  const reports = setInterval(report, reportIntervalMs);
  try {
    await untilDown(process);
  } finally {
    clearInterval(reports);
  }
}

/** Like untilStopped, without a log message: for a process that another request stops. */
export function untilDown(process: Process): Promise<void> {
  return untilProcess(process, () => isStopped(process.life.state));
}

/** Resolves when all are down or cannot be stopped; the caller checks which. */
export async function stopAll(processes: readonly Process[], by: Requester): Promise<void> {
  await onEach(
    processes,
    (process) => process.isStoppable || process.state === 'STOPPING',
    (process) =>
      process.isStoppable
        ? stop(process, { by, label: process.qualifiedName, wait: true })
        : untilDown(process),
  );
}
