// Why a child could not be spawned, in the words of the original.
import { E, errnoName, type SyscallError } from '../../linux/errno.ts';
import type { SpawnFailure } from '../../linux/spawn.ts';
import type { ChildPlan } from './child.ts';

/** A failed spawn; the message is the one that clients see. */
export class SpawnError extends Error {
  override readonly name = 'SpawnError';
}

/** Why the pipes or logs of a process could not be opened. */
export function dispatcherFailure(error: SyscallError, name: string): string {
  // The thread for the file system of its log could not be created.
  if (error.errno === E.EAGAIN) return forkFailure(error.code, name);
  return error.errno === E.EMFILE
    ? `too many open files to spawn '${name}'`
    : `unknown error making dispatchers for '${name}': ${error.code}`;
}

/** Why the spawn itself failed. */
export function spawnFailureText(failure: SpawnFailure, plan: ChildPlan): string {
  switch (failure.stage) {
    case 'fork':
      return forkFailure(failure.reason, plan.config.name);
    case 'setuid':
      return `couldn't setuid to ${plan.config.user?.uid}: ${failure.reason}`;
    case 'chdir':
      return `couldn't chdir to ${plan.config.directory}: ${failure.reason}`;
    default:
      return `couldn't exec ${plan.command.argv[0]}: ${failure.reason}`;
  }
}

function forkFailure(reason: string, name: string): string {
  return reason === errnoName(E.EAGAIN)
    ? `Too many processes in process table to spawn '${name}'`
    : `unknown error during fork for '${name}': ${reason}`;
}
