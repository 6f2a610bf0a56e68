// The error of a refused or failed operation, independent of the protocol: XML-RPC, the JSON API and the page translate
// it.

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
