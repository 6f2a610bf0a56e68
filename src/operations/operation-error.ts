// The error of a refused or failed operation, independent of the protocol: XML-RPC, the JSON API and the page translate
// it.
import { SyscallError } from '../linux/errno.ts';

/** Named like the faults of the XML-RPC interface. */
export type OperationFailure =
  | 'SHUTDOWN_STATE'
  | 'BAD_NAME'
  | 'BAD_SIGNAL'
  | 'NO_FILE'
  | 'NOT_EXECUTABLE'
  | 'FAILED'
  | 'ABNORMAL_TERMINATION'
  | 'SPAWN_ERROR'
  | 'ALREADY_STARTED'
  | 'NOT_RUNNING'
  | 'ALREADY_ADDED'
  | 'STILL_RUNNING'
  | 'CANT_REREAD';

export class OperationError extends Error {
  override readonly name = 'OperationError';

  /** `detail`: the process or group as the client named it, or the reason, or undefined. */
  constructor(
    readonly failure: OperationFailure,
    readonly detail?: string,
  ) {
    super(detail === undefined ? failure : `${failure}: ${detail}`);
  }
}

/** Waits for an action; a system call that fails in it becomes OperationError FAILED. */
export async function orFailed(
  action: () => Promise<void>,
  detail: (error: SyscallError) => string,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof SyscallError) throw new OperationError('FAILED', detail(error));
    throw error;
  }
}
