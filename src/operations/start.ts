// Starts processes: the only place that requests a start for a client.
import { CommandError } from '../supervisor/child/command.ts';
import type { Process } from '../supervisor/process.ts';
import type { Requester } from '../supervisor/requester.ts';
import { untilProcess } from '../supervisor/wait-for-state.ts';
import { type BatchRequest, type Outcome, onEach } from './batch.ts';
import { OperationError } from './operation-error.ts';

/** Parameters of every operation on one process. */
export interface OperationRequest {
  readonly by: Requester;
  /** The process as the client named it, for errors. */
  readonly label: string;
  /** True: resolves with the outcome; false: resolves as soon as the request is made. */
  readonly wait: boolean;
}

/** True when a start has something to do: the process neither runs nor is about to. */
export function isStartable({ state, isStuck }: Process): boolean {
  return isStuck || (state !== 'STARTING' && state !== 'RUNNING' && state !== 'BACKOFF');
}

/** Starts it. Returns a promise unless the outcome is known at once. Throws or rejects with OperationError. */
export function start(process: Process, { by, label, wait }: OperationRequest): void | Promise<void> {
  requireStartable(process, label);
  process.start(by);
  return started(process, label, wait);
}

/** Starts those that can be started, what they depend on first. OperationErrors become outcomes. */
export function startEach(
  processes: readonly Process[],
  { by, labelOf, wait, onOutcome }: BatchRequest,
): Promise<readonly Outcome[]> {
  const startOne = (process: Process) => start(process, { by, label: labelOf(process), wait });
  return onEach(inStartOrder(processes), isStartable, startOne, onOutcome);
}

/** What others depend on first; in the given order where nothing depends on anything. */
export function inStartOrder(processes: readonly Process[]): readonly Process[] {
  return processes[0]?.daemon.dependencies.current.startOrder(processes) ?? processes;
}

/** Throws OperationError when a start cannot succeed. */
export function requireStartable(process: Process, label: string): void {
  requireCommand(process);
  if (process.state === 'UNKNOWN') {
    throw new OperationError('FAILED', `${label} is in an unknown process state`);
  }
  if (!isStartable(process)) throw new OperationError('ALREADY_STARTED', label);
}

/** The outcome of the start just requested. Throws or rejects with OperationError. */
export function started(process: Process, label: string, wait: boolean): void | Promise<void> {
  if (hasFailed(process)) throw new OperationError('SPAWN_ERROR', label);
  if (!wait) return;
  if (process.state !== 'STARTING') requireRunning(process, label);
  else return untilStarted(process, label);
}

/** A process that waits for something that is down and stays so has not failed, but its client must not wait for ever. */
async function untilStarted(process: Process, label: string): Promise<void> {
  await untilProcess(process, () => process.state !== 'STARTING' || process.isStuck);
  if (process.isStuck) throw new OperationError('SPAWN_ERROR', label);
  requireRunning(process, label);
}

function requireRunning(process: Process, label: string): void {
  if (process.state === 'RUNNING' || process.hasCompleted) return;
  throw new OperationError(hasFailed(process) ? 'SPAWN_ERROR' : 'ABNORMAL_TERMINATION', label);
}

/** The spawn failed, or it exited before it became RUNNING. */
function hasFailed({ state, life }: Process): boolean {
  return state !== 'STARTING' && state !== 'RUNNING' && state !== 'STOPPING' && life.spawnError !== '';
}

/**
 * Looks the command up in every state, as the original does, so that a client of a running process learns that its file
 * is gone.
 */
function requireCommand(process: Process): void {
  try {
    process.resolveCommand();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new OperationError(error.kind === 'missing' ? 'NO_FILE' : 'NOT_EXECUTABLE', error.message);
  }
}
