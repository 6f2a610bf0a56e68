// Why an operation was refused or failed, for every kind of client. Each translates it at its own border.

/** Named as the faults of the XML-RPC interface, which every client knows. */
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

  /** `detail`: the process or group as the client named it, or the reason; undefined when there is no more to say. */
  constructor(
    readonly failure: OperationFailure,
    readonly detail?: string,
  ) {
    super(detail === undefined ? failure : `${failure}: ${detail}`);
  }
}
