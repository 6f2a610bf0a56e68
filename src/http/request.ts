// A request as handlers see it. Nothing here knows of sockets.
import type { Peer } from './peer.ts';

/** `none`: the request line named no version, as before HTTP/1.0. */
export type HttpVersion = '1.0' | '1.1' | 'none';

/** What the header says of the body's length. */
export type ContentLength =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: number }
  /** Not a number, below zero, or two that differ. */
  | { readonly kind: 'wrong'; readonly text: string }
  /** Transfer-Encoding: the end of the body cannot be told. */
  | { readonly kind: 'coded' };

export interface RequestHead {
  /** As received, for the access log. */
  readonly line: string;
  readonly method: string;
  /** Percent-decoded, without the query. */
  readonly path: string;
  /** Behind the question mark, as received. */
  readonly query: string;
  readonly version: HttpVersion;
  /** Names in lower case; of a repeated one the first value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly contentLength: ContentLength;
}

export interface HttpRequest extends RequestHead {
  readonly body: Uint8Array;
  readonly peer: Peer;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}
