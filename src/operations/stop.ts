// Stops processes.

import { isStopped } from '../supervisor/lifecycle/process-state.ts';
import type { Process } from '../supervisor/process.ts';
import type { Requester } from '../supervisor/requester.ts';
import { untilProcess } from '../supervisor/wait-for-state.ts';
import type { BatchRequest, Outcome } from './batch.ts';
import { OperationError } from './operation-error.ts';
import type { OperationRequest } from './start.ts';
import { type StopRequest, stopTogether } from './stop-together.ts';

const reportIntervalMs = 2000;

/**
 * Stops it, also when only a scheduled start is pending, and before it what stops with it. Otherwise like `start`.
 */
export function stop(process: Process, { by, label, wait }: OperationRequest): void | Promise<void> {
  if (!process.isStoppable) throw new OperationError('NOT_RUNNING', label);
  if (process.daemon.dependencies.companionsOf(new Set([process])).size === 0) {
    return stopAlone(process, { by, label, wait });
  }
  const stopping = stopTogether([process], inTurn({ by, labelOf: () => label, wait: true }));
  if (wait) return stopping.then(throwFirstError);
}

/** Stops those that can be stopped, each after those that depend on it. OperationErrors become outcomes. */
export async function stopEach(
  processes: readonly Process[],
  request: BatchRequest,
): Promise<readonly Outcome[]> {
  const isPlain = processes[0]?.daemon.dependencies.current.isEmpty ?? true;
  if (request.wait || isPlain) {
    return stopTogether(processes, inTurn(request));
  }
  const wanted = processes.filter(isStoppable);
  void stopTogether(wanted, inTurn({ ...request, wait: true }));
  return wanted.map((process) => ({ process, error: null }));
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
  const labelOf = (process: Process) => process.qualifiedName;
  const isWanted = (process: Process) => isStoppable(process) || process.state === 'STOPPING';
  await stopTogether(processes, { ...inTurn({ by, labelOf, wait: true }), isWanted });
}

const isStoppable = (process: Process) => process.isStoppable;

/** At its turn a process may be stopping already, with another. */
function inTurn({ by, labelOf, wait, onOutcome }: BatchRequest): StopRequest {
  const stopOne = (process: Process) =>
    process.isStoppable ? stopAlone(process, { by, label: labelOf(process), wait }) : untilDown(process);
  return { by, goal: 'down', isWanted: isStoppable, stop: stopOne, ...(onOutcome && { onOutcome }) };
}

function stopAlone(process: Process, { by, label, wait }: OperationRequest): void | Promise<void> {
  process.stop(by);
  if (process.state === 'UNKNOWN') throw new OperationError('FAILED', label);
  if (wait && !isStopped(process.life.state)) return untilStopped(process);
}

function throwFirstError([outcome]: readonly Outcome[]): void {
  if (outcome?.error) throw outcome.error;
}
