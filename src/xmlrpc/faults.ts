// The faults of the supervisor namespace: their numbers, names and texts.

export const faultCodes = {
  UNKNOWN_METHOD: 1,
  INCORRECT_PARAMETERS: 2,
  BAD_ARGUMENTS: 3,
  SIGNATURE_UNSUPPORTED: 4,
  SHUTDOWN_STATE: 6,
  BAD_NAME: 10,
  BAD_SIGNAL: 11,
  NO_FILE: 20,
  NOT_EXECUTABLE: 21,
  FAILED: 30,
  ABNORMAL_TERMINATION: 40,
  SPAWN_ERROR: 50,
  ALREADY_STARTED: 60,
  NOT_RUNNING: 70,
  /** Never a fault: the status of a successful item in a result array. */
  SUCCESS: 80,
  ALREADY_ADDED: 90,
  STILL_RUNNING: 91,
  CANT_REREAD: 92,
} as const;

export type FaultName = Exclude<keyof typeof faultCodes, 'SUCCESS'>;

/** A valid call that was refused. Clients see `text`: `NAME` or `NAME: extra`. */
export class RpcFault extends Error {
  override readonly name = 'RpcFault';
  readonly code: number;

  constructor(
    readonly fault: FaultName,
    extra?: string,
  ) {
    super(extra === undefined ? fault : `${fault}: ${extra}`);
    this.code = faultCodes[fault];
  }

  get text(): string {
    return this.message;
  }
}
