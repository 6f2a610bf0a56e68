// How much clients may have of us: in one request, by what its body is, and of one HTTP server together.

/**
 * What each route says of its bodies, and how much of such a body is kept and read; more is refused before it is kept
 * (bytes) or while it is read. `pieces` are what a value in memory is made of, many times the size of its text.
 */
export const bodyLimits = {
  /** Not looked at. */
  unused: { bytes: 64 * 1024 },
  /** Fields of an HTML form. */
  form: { bytes: 64 * 1024 },
  /** `pieces`: values and names. */
  json: { bytes: 1024 * 1024, depth: 32, pieces: 50_000 },
  /** `depth`: open elements; an array in an array costs three. `pieces`: see XmlLimits. */
  xml: { bytes: 16 * 1024 * 1024, depth: 200, pieces: 500_000 },
} as const;

export type BodyKind = keyof typeof bodyLimits;

/** So much of the body of a refused request is read away, so that the connection can be used again. */
export const maxSkippedBytes = 64 * 1024;

export interface HttpLimits {
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
  heldBytes: 128 * 1024 * 1024,
  requestMs: 60_000,
  answerMs: 60_000,
  lingerMs: 2_000,
  connections: 512,
  assuredConnections: 64,
};
