// Starting one process for a client, and what to answer.
import { CommandError } from '../supervisor/command.ts';
import type { Process } from '../supervisor/process.ts';
import { RpcFault } from '../xmlrpc/faults.ts';
import { untilProcess } from './wait-for-state.ts';

/**
 * Starts it. With `wait`, returns a promise unless all is known at once. `label`: the name that faults repeat.
 * Throws or rejects with RpcFault.
 */
export function startProcess(process: Process, label: string, wait: boolean): void | Promise<void> {
  requireCommand(process);
  const { state } = process;
  if (state === 'STARTING' || state === 'RUNNING' || state === 'BACKOFF') {
    throw new RpcFault('ALREADY_STARTED', label);
  }
  if (state === 'UNKNOWN') throw new RpcFault('FAILED', `${label} is in an unknown process state`);
  process.start();
  if (hasFailed(process)) throw new RpcFault('SPAWN_ERROR', label);
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
  throw new RpcFault(hasFailed(process) ? 'SPAWN_ERROR' : 'ABNORMAL_TERMINATION', label);
}

/** It could not be spawned, or died before it counted as running. */
function hasFailed({ state, life }: Process): boolean {
  return state !== 'STARTING' && state !== 'RUNNING' && state !== 'STOPPING' && life.spawnError !== '';
}

/** The command is looked up whatever the state: a running process whose file vanished is told of that. */
function requireCommand(process: Process): void {
  try {
    process.resolveCommand();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new RpcFault(error.kind === 'missing' ? 'NO_FILE' : 'NOT_EXECUTABLE', error.message);
  }
}
