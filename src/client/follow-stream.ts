// Reads a response that may have no end: a log (`/logtail/NAME/CHANNEL`, `/mainlogtail`) or the stream of events.
// Passes the bytes on as they arrive; the caller decides what they mean and when to stop.
import { type Connection, ConnectionError, connect } from './connection.ts';
import { ResponseReader } from './http-response.ts';
import { authorizationHeader, hostHeader, parseServerUrl, type Server } from './server-address.ts';

/** Why the stream ended. */
export type FollowEnd =
  /** The server or the abort signal ended it. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'refused'; readonly status: number }
  /** A ServerUrlError, a ConnectionError or a BadResponseError. */
  | { readonly kind: 'failed'; readonly error: Error };

export interface StreamOptions {
  /** The query string, encoded. */
  readonly query?: string;
  /** Called when the head of a response with status 200 has arrived. */
  readonly onStart?: () => void;
  /** The response is finite: a connection closed before its end is a failure. */
  readonly hasEnd?: boolean;
}

/**
 * Follows `path`, which is not percent-encoded, until the server ends it or `signal` is aborted. Never rejects.
 * `onBytes` gets the body unchanged; a piece may end inside a character.
 */
export async function followStream(
  server: Server,
  path: string,
  onBytes: (bytes: Uint8Array) => void,
  signal: AbortSignal,
  { query = '', onStart = () => {}, hasEnd = false }: StreamOptions = {},
): Promise<FollowEnd> {
  const ended = Promise.withResolvers<FollowEnd>();
  let isOver = false;
  const end = (how: FollowEnd): void => {
    isOver = true;
    ended.resolve(how);
  };
  const abort = (): void => end({ kind: 'ended' });
  const reader = new ResponseReader({
    onHead: ({ status }) => {
      if (status === 200) onStart();
      else end({ kind: 'refused', status });
    },
    onBody: (piece) => {
      if (!isOver) onBytes(piece);
    },
    onEnd: () => end({ kind: 'ended' }),
  });
  let connection: Connection | null = null;
  try {
    const address = parseServerUrl(server.url);
    connection = await connect(address, {
      onData: (bytes) => readInto(reader, bytes, end),
      onClose: (error) => end(error ? { kind: 'failed', error } : closedEnd(reader, hasEnd)),
    });
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    connection.send(followRequest(encodedPath(path) + query, hostHeader(address), server));
    return await ended.promise;
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    signal.removeEventListener('abort', abort);
    connection?.close();
  }
}

function readInto(reader: ResponseReader, bytes: Uint8Array, end: (how: FollowEnd) => void): void {
  try {
    reader.write(bytes);
  } catch (error) {
    end({ kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) });
  }
}

/** An endless response may be cut anywhere, but not before its head. */
function closedEnd(reader: ResponseReader, hasEnd: boolean): FollowEnd {
  const isEnded = hasEnd ? reader.end() : reader.started;
  return isEnded ? { kind: 'ended' } : { kind: 'failed', error: new ConnectionError('EOF') };
}

function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function followRequest(target: string, host: string, server: Server): string {
  return (
    `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAccept: */*\r\nUser-Agent: tsupervisor\r\n` +
    `${authorizationHeader(server.credentials)}\r\n`
  );
}
