// Parses one HTTP response incrementally: head, then a body by length, by chunks or until the connection closes.
// Knows nothing of the body's meaning; the caller bounds its size.

export interface ResponseHead {
  /** `1.1` */
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** Names in lower case; the last of repeated ones. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface ResponseListener {
  onHead(head: ResponseHead): void;
  onBody(piece: Uint8Array): void;
  onEnd(): void;
}

/** Bytes that are no HTTP response. */
export class BadResponseError extends Error {
  override readonly name = 'BadResponseError';
}

type Stage =
  | { readonly name: 'head' }
  | { readonly name: 'counted'; left: number }
  | { readonly name: 'chunk-size' }
  | { readonly name: 'chunk'; left: number }
  | { readonly name: 'chunk-end' }
  | { readonly name: 'trailer' }
  | { readonly name: 'to-the-end' }
  | { readonly name: 'done' };

const maxHeadBytes = 65_536;
const maxLineBytes = 4096;
const headEnd = '\r\n\r\n';

/** Parses the bytes of a connection and calls the handlers. */
export class ResponseReader {
  readonly #listener: ResponseListener;
  #stage: Stage = { name: 'head' };
  /** Buffered bytes of an incomplete head or line. */
  #pending: Buffer = Buffer.alloc(0);

  constructor(listener: ResponseListener) {
    this.#listener = listener;
  }

  /** Whether the head is complete. */
  get started(): boolean {
    return this.#stage.name !== 'head';
  }

  get done(): boolean {
    return this.#stage.name === 'done';
  }

  /** Throws BadResponseError. Bytes after the end are dropped. */
  write(piece: Uint8Array): void {
    let rest = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (this.#pending.length > 0) rest = Buffer.concat([this.#pending, rest]);
    this.#pending = Buffer.alloc(0);
    while (rest.length > 0 && !this.done) {
      const used = this.#take(rest);
      if (used === 0) {
        this.#pending = rest;
        return;
      }
      rest = rest.subarray(used);
    }
  }

  /** Call it at EOF. False when the response is incomplete. */
  end(): boolean {
    if (this.#stage.name === 'to-the-end') this.#finish();
    return this.done;
  }

  /** Returns the number of bytes parsed; 0 when more are needed. */
  #take(bytes: Buffer): number {
    const stage = this.#stage;
    switch (stage.name) {
      case 'head':
        return this.#takeHead(bytes);
      case 'chunk-size':
        return this.#takeLine(bytes, (line) => this.#beginChunk(line));
      case 'chunk-end':
        return this.#takeLine(bytes, () => this.#enter({ name: 'chunk-size' }));
      case 'trailer':
        return this.#takeLine(bytes, (line) => {
          if (line === '') this.#finish();
        });
      case 'counted':
      case 'chunk':
        return this.#takeCounted(stage, bytes);
      case 'to-the-end':
        this.#listener.onBody(bytes);
        return bytes.length;
      case 'done':
        return 0;
    }
  }

  #takeHead(bytes: Buffer): number {
    const end = bytes.indexOf(headEnd);
    if (end > maxHeadBytes || (end < 0 && bytes.length > maxHeadBytes)) {
      throw new BadResponseError('the head of the response is too long');
    }
    if (end < 0) return 0;
    const head = parseHead(bytes.toString('latin1', 0, end));
    this.#enter(bodyStage(head));
    this.#listener.onHead(head);
    if (this.#stage.name === 'counted' && this.#stage.left === 0) this.#finish();
    return end + headEnd.length;
  }

  #takeLine(bytes: Buffer, onLine: (line: string) => void): number {
    const end = bytes.indexOf('\n');
    if (end > maxLineBytes || (end < 0 && bytes.length > maxLineBytes)) {
      throw new BadResponseError('a line of the chunked body is too long');
    }
    if (end < 0) return 0;
    onLine(bytes.toString('latin1', 0, end).trim());
    return end + 1;
  }

  #takeCounted(stage: { readonly name: 'counted' | 'chunk'; left: number }, bytes: Buffer): number {
    const piece = bytes.subarray(0, stage.left);
    stage.left -= piece.length;
    this.#listener.onBody(piece);
    if (stage.left === 0) {
      if (stage.name === 'counted') this.#finish();
      else this.#enter({ name: 'chunk-end' });
    }
    return piece.length;
  }

  #beginChunk(line: string): void {
    const [size = ''] = line.split(';', 1);
    if (!/^[0-9a-f]{1,12}\s*$/i.test(size)) throw new BadResponseError(`not a chunk size: ${line}`);
    const left = Number.parseInt(size, 16);
    this.#enter(left === 0 ? { name: 'trailer' } : { name: 'chunk', left });
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
  }

  #finish(): void {
    this.#stage = { name: 'done' };
    this.#listener.onEnd();
  }
}

/** Whether another request may follow on the same connection (RFC 9112, section 9.3). */
export function keepsAlive(head: ResponseHead): boolean {
  const connection = head.headers.get('connection')?.toLowerCase() ?? '';
  if (bodyStage(head).name === 'to-the-end') return false;
  return head.version === '1.0' ? connection === 'keep-alive' : connection !== 'close';
}

function parseHead(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const [, version = '', status, reason = ''] = /^HTTP\/(\S+) (\d{3})(?: (.*))?$/.exec(statusLine) ?? [];
  if (status === undefined) throw new BadResponseError(statusLine);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { version, status: Number(status), reason, headers };
}

function bodyStage(head: ResponseHead): Stage {
  if (head.headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return { name: 'chunk-size' };
  const length = head.headers.get('content-length');
  if (length === undefined) return { name: 'to-the-end' };
  if (!/^\d{1,15}$/.test(length)) throw new BadResponseError(`not a length: ${length}`);
  return { name: 'counted', left: Number(length) };
}
