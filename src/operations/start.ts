// Starting processes: the only place where a start is asked for on behalf of a client.
import { CommandError } from '../supervisor/command.ts';
import type { Process } from '../supervisor/process.ts';
import type { Requester } from '../supervisor/requester.ts';
import { OperationError } from './operation-error.ts';
import { untilProcess } from './wait-for-state.ts';

/** What every operation on one process is told. */
export interface OperationRequest {
  readonly by: Requester;
  /** The process as the client named it: errors repeat that. */
  readonly label: string;
  /** True: finished when the process is where it should be, or will not get there; false: as soon as it has begun. */
  readonly wait: boolean;
}

/** True where a start makes sense: neither running nor about to be. */
export function isStartable({ state }: Process): boolean {
  return state !== 'STARTING' && state !== 'RUNNING' && state !== 'BACKOFF';
}

/** Starts it. Returns a promise unless all is known at once. Throws or rejects with OperationError. */
export function start(process: Process, { by, label, wait }: OperationRequest): void | Promise<void> {
  requireStartable(process, label);
  process.start(by);
  return started(process, label, wait);
}

/** Throws OperationError when a start could not succeed. */
export function requireStartable(process: Process, label: string): void {
  requireCommand(process);
  if (process.state === 'UNKNOWN') {
    throw new OperationError('FAILED', `${label} is in an unknown process state`);
  }
  if (!isStartable(process)) throw new OperationError('ALREADY_STARTED', label);
}

/** What became of a start that was just made. Throws or rejects with OperationError. */
export function started(process: Process, label: string, wait: boolean): void | Promise<void> {
  if (hasFailed(process)) throw new OperationError('SPAWN_ERROR', label);
  if (!wait) return;
  if (process.state !== 'STARTING') requireRunning(process, label);
  else return untilStarted(process, label);
}

async function untilStarted(process: Process, label: string): Promise<void> {
  await untilProcess(process, () => process.state !== 'STARTING');
  requireRunning(process, label);
}

function requireRunning(process: Process, label: string): void {
  if (process.state === 'RUNNING') return;
  throw new OperationError(hasFailed(process) ? 'SPAWN_ERROR' : 'ABNORMAL_TERMINATION', label);
}

/** It could not be spawned, or died before it counted as running. */
function hasFailed({ state, life }: Process): boolean {
  return state !== 'STARTING' && state !== 'RUNNING' && state !== 'STOPPING' && life.spawnError !== '';
}

/** The command is looked up whatever the state: the client of a running process whose file vanished hears of that. */
function requireCommand(process: Process): void {
  try {
    process.resolveCommand();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new OperationError(error.kind === 'missing' ? 'NO_FILE' : 'NOT_EXECUTABLE', error.message);
  }
}
