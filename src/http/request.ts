// A request as handlers see it. Knows nothing of sockets.
import type { Peer } from './peer.ts';

/** `none`: the request line has no version, as before HTTP/1.0. */
export type HttpVersion = '1.0' | '1.1' | 'none';

/** The body length announced by the header. */
export type ContentLength =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: number }
  /** Not a number, negative, or two different values. */
  | { readonly kind: 'wrong'; readonly text: string }
  /** Transfer-Encoding: the end of the body is unknown. */
  | { readonly kind: 'coded' };

export interface RequestHead {
  /** As received, for the access log. */
  readonly line: string;
  readonly method: string;
  /** Percent-decoded, without the query. */
  readonly path: string;
  /** After the question mark, as received. */
  readonly query: string;
  readonly version: HttpVersion;
  /** Lower-case names; the first value of a repeated one. */
  readonly headers: ReadonlyMap<string, string>;
  readonly contentLength: ContentLength;
}

export interface HttpRequest extends RequestHead {
  readonly body: Uint8Array;
  readonly peer: Peer;
  /** Aborted when the client has left. */
  readonly gone: AbortSignal;
}
