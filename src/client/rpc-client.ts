// Sequential XML-RPC calls over one persistent connection.
// Knows nothing of methods and their results.

import { decodeResponse } from '../xmlrpc/decode.ts';
import { encodeCall } from '../xmlrpc/encode.ts';
import type { RpcValue } from '../xmlrpc/value.ts';
import { type Connection, ConnectionError, connect } from './connection.ts';
import { BadResponseError, keepsAlive, type ResponseHead, ResponseReader } from './http-response.ts';
import {
  authorizationHeader,
  hostHeader,
  parseServerUrl,
  type Server,
  type ServerAddress,
} from './server-address.ts';

/** The server has refused the call with a fault. */
export class FaultError extends Error {
  override readonly name = 'FaultError';

  constructor(
    readonly code: number,
    readonly text: string,
  ) {
    super(`${code} ${text}`);
  }
}

/** The server has responded with a status other than 200. */
export class HttpStatusError extends Error {
  override readonly name = 'HttpStatusError';

  constructor(
    readonly status: number,
    readonly reason: string,
  ) {
    super(`${status} ${reason}`);
  }
}

/** Bound on a response: large enough for a log. */
const maxResponseBytes = 256 * 1024 * 1024;

interface Answer {
  readonly head: ResponseHead;
  readonly body: Uint8Array;
}

/**
 * All errors of a call: ServerUrlError, ConnectionError, HttpStatusError, BadResponseError, XmlRpcError, FaultError.
 */
export class RpcClient {
  readonly #server: Server;
  #connection: Connection | null = null;
  #waiting: PendingResponse | null = null;

  constructor(server: Server) {
    this.#server = server;
  }

  /** One call at a time: await it before the next. */
  async call(method: string, ...params: readonly RpcValue[]): Promise<RpcValue> {
    const address = parseServerUrl(this.#server.url);
    const { head, body } = await this.#exchange(address, encodeCall(method, params));
    if (!keepsAlive(head)) this.close();
    if (head.status !== 200) throw new HttpStatusError(head.status, head.reason);
    const response = decodeResponse(body);
    if (response.kind === 'fault') throw new FaultError(response.code, response.text);
    return response.value;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  async #exchange(address: ServerAddress, body: string): Promise<Answer> {
    if (!this.#connection?.open) this.#connection = await connect(address, this.#listener());
    const answer = new PendingResponse();
    this.#waiting = answer;
    this.#connection.send(requestHead(address, this.#server, Buffer.byteLength(body)) + body);
    try {
      return await answer.promise;
    } finally {
      this.#waiting = null;
    }
  }

  #listener() {
    return {
      onData: (bytes: Uint8Array) => this.#waiting?.write(bytes),
      onClose: (error: ConnectionError | null) => this.#waiting?.end(error),
    };
  }
}

/** The response to one request while it arrives. */
class PendingResponse {
  readonly #response = Promise.withResolvers<Answer>();
  readonly #pieces: Uint8Array[] = [];
  #size = 0;
  #head: ResponseHead | null = null;
  readonly #reader = new ResponseReader({
    onHead: (head) => {
      this.#head = head;
    },
    onBody: (piece) => this.#gather(piece),
    onEnd: () => this.#finish(),
  });

  get promise(): Promise<Answer> {
    return this.#response.promise;
  }

  write(bytes: Uint8Array): void {
    try {
      this.#reader.write(bytes);
    } catch (error) {
      this.#response.reject(error);
    }
  }

  end(error: ConnectionError | null): void {
    if (error !== null || !this.#reader.end()) this.#response.reject(error ?? new ConnectionError('EOF'));
  }

  #gather(piece: Uint8Array): void {
    this.#size += piece.length;
    if (this.#size > maxResponseBytes) throw new BadResponseError('the answer is too long');
    this.#pieces.push(piece);
  }

  #finish(): void {
    if (this.#head) this.#response.resolve({ head: this.#head, body: Buffer.concat(this.#pieces) });
  }
}

function requestHead(address: ServerAddress, server: Server, length: number): string {
  return (
    `POST /RPC2 HTTP/1.1\r\nHost: ${hostHeader(address)}\r\nUser-Agent: tsupervisor\r\n` +
    `Content-Type: text/xml\r\nAccept: text/xml\r\n${authorizationHeader(server.credentials)}` +
    `Content-Length: ${length}\r\n\r\n`
  );
}
