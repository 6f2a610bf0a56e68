// Writes the responses of a connection, whole or as streams, at the pace of the client. Each is reported when it ends.
import type { ConnectionHost } from './connection-host.ts';
import { continueLine } from './expect-continue.ts';
import type { RequestHead } from './request.ts';
import {
  type BodyStream,
  encodeChunk,
  encodeHead,
  encodeWhole,
  type HttpResponse,
  lastChunk,
} from './response.ts';
import { type Sink, WriteQueue } from './write-queue.ts';

/** What a response depends on; known even of a malformed request. */
export type RequestLine = Pick<RequestHead, 'line' | 'method' | 'version'>;

export class ResponseWriter {
  readonly #queue: WriteQueue;
  /** The current response, for the access log. */
  #transfer: { readonly line: string; readonly status: number; bytes: number } | null = null;

  constructor(
    sink: Sink,
    private readonly host: Pick<ConnectionHost, 'onFinished'>,
    /** Called on every change in the number of buffered bytes; may close the connection. */
    onBuffered: (change: number) => void,
  ) {
    this.#queue = new WriteQueue(sink, onBuffered);
  }

  /** The kernel has accepted everything. */
  get isEmpty(): boolean {
    return this.#queue.isEmpty;
  }

  sendContinue(): void {
    this.#queue.send(continueLine);
  }

  send(
    { line, method, version }: RequestLine,
    response: HttpResponse,
    body: string | Uint8Array,
    keepAlive: boolean,
  ): void {
    this.#transfer = { line, status: response.status, bytes: 0 };
    const framing = { version, chunked: false, sayKeepAlive: version === '1.0' && keepAlive };
    this.#write(encodeWhole(method, response, body, framing));
  }

  /** Resolves when the kernel has accepted the whole stream, or the client has left. Errors of `body` propagate. */
  async stream(
    { line, version }: RequestLine,
    response: HttpResponse,
    body: BodyStream,
    keepAlive: boolean,
  ): Promise<void> {
    this.#transfer = { line, status: response.status, bytes: 0 };
    const chunked = version === '1.1' && keepAlive;
    this.#write(Buffer.from(encodeHead(response, { version, chunked, sayKeepAlive: false })));
    for await (const piece of body) {
      if (this.#transfer === null) return;
      if (piece.length > 0) this.#write(chunked ? encodeChunk(piece) : Buffer.from(piece));
      await this.#queue.emptied();
    }
    if (chunked) this.#write(lastChunk);
    await this.#queue.emptied();
  }

  /** The socket is writable again. */
  drain(): void {
    this.#queue.drain();
  }

  /** Reports the current response, which is sent. */
  finish(): void {
    const transfer = this.#transfer;
    this.#transfer = null;
    if (transfer) this.host.onFinished(transfer.line, transfer.status, transfer.bytes);
  }

  /** The client has disconnected: reports what it got, and drops the rest. */
  discard(): void {
    this.finish();
    this.#queue.discard();
  }

  #write(bytes: Uint8Array): void {
    if (this.#transfer) this.#transfer.bytes += bytes.length;
    this.#queue.send(bytes);
  }
}
