// Limits on what clients may use: per request by kind of body, and per HTTP server.

/**
 * Every route declares its kind of body. A larger one is refused before it is buffered (bytes) or while it is parsed.
 * `pieces` counts the values in memory, which take many times the size of their text.
 */
export const bodyLimits = {
  /** The body is ignored. */
  unused: { bytes: 64 * 1024 },
  /** Fields of an HTML form. */
  form: { bytes: 64 * 1024 },
  /** `pieces`: values and names. */
  json: { bytes: 1024 * 1024, depth: 32, pieces: 50_000 },
  /** `depth`: open elements; a nested array costs three. `pieces`: see XmlLimits. */
  xml: { bytes: 16 * 1024 * 1024, depth: 200, pieces: 500_000 },
} as const;

export type BodyKind = keyof typeof bodyLimits;

/** How much of a refused request's body is read and discarded to keep the connection usable. */
export const maxSkippedBytes = 64 * 1024;

export interface HttpLimits {
  /** Total of incomplete request bodies and unsent responses; beyond it the stalest client is disconnected. */
  readonly bufferedBytes: number;
  /** From the first byte of a request to the last. Idle connections have no timeout. */
  readonly requestMs: number;
  /** Without progress in sending a response. Streams are exempt: a stopped terminal is not a fault. */
  readonly answerMs: number;
  /** Time for a refused client to read the reason before the connection is closed. */
  readonly lingerMs: number;
  readonly connections: number;
  /** So many more for root and the daemon's own user, on unix sockets. */
  readonly ownConnections: number;
  /** Connections guaranteed even if more than half of the available descriptors are in use. */
  readonly assuredConnections: number;
}

export const defaultLimits: HttpLimits = {
  bufferedBytes: 128 * 1024 * 1024,
  requestMs: 60_000,
  answerMs: 60_000,
  lingerMs: 2_000,
  connections: 512,
  ownConnections: 16,
  assuredConnections: 64,
};
