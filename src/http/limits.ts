// How much one HTTP server lets its clients have.

export interface HttpLimits {
  /** Of one request's body. */
  readonly bodyBytes: number;
  /** Of all unfinished request bodies and unsent answers together; beyond it the stalest client goes. */
  readonly heldBytes: number;
  /** From the first byte of a request to its last. An idle connection may stay for ever. */
  readonly requestMs: number;
  /** Without any progress in taking an answer. Streams are exempt: a stopped terminal is no fault. */
  readonly answerMs: number;
  /** For a client that was refused to read why, before the connection is cut. */
  readonly lingerMs: number;
  readonly connections: number;
  /** So many may be there also when more than half of the descriptors that we may have are in use. */
  readonly assuredConnections: number;
}

export const defaultLimits: HttpLimits = {
  bodyBytes: 16 * 1024 * 1024,
  heldBytes: 128 * 1024 * 1024,
  requestMs: 60_000,
  answerMs: 60_000,
  lingerMs: 2_000,
  connections: 512,
  assuredConnections: 64,
};
