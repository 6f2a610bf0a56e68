// Capture mode: text between two tokens of a stream becomes an event instead of log text. Pure.

const beginToken = Buffer.from('<!--XSUPERVISOR:BEGIN-->');
const endToken = Buffer.from('<!--XSUPERVISOR:END-->');

export type CapturePiece =
  /** `inside`: between the tokens. Pieces of text are what PROCESS_LOG events carry. */
  | { readonly is: 'text'; readonly inside: boolean; readonly bytes: Uint8Array }
  /** The end token was seen; these bytes are what stood between. */
  | { readonly is: 'captured'; readonly bytes: Uint8Array };

export class Capture {
  #inside = false;
  /** A suffix of what was fed that may be the beginning of the token waited for. */
  #pending = Buffer.alloc(0);
  #captured: Uint8Array[] = [];
  #capturedBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** The pieces that the next chunk completes, in order. They do not share memory with it. */
  feed(chunk: Uint8Array): CapturePiece[] {
    const pieces: CapturePiece[] = [];
    let rest = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const token = this.#inside ? endToken : beginToken;
      const at = rest.indexOf(token);
      if (at < 0) {
        const held = beginningOf(token, rest);
        this.#text(pieces, rest.subarray(0, rest.length - held));
        this.#pending = rest.subarray(rest.length - held);
        return pieces;
      }
      this.#text(pieces, rest.subarray(0, at));
      if (this.#inside) pieces.push({ is: 'captured', bytes: this.#takeCaptured() });
      this.#inside = !this.#inside;
      rest = rest.subarray(at + token.length);
    }
  }

  /** What was held back when the stream ended; an unfinished capture is dropped. */
  end(): CapturePiece[] {
    const pieces: CapturePiece[] = [];
    this.#text(pieces, this.#pending);
    this.#pending = Buffer.alloc(0);
    this.#takeCaptured();
    this.#inside = false;
    return pieces;
  }

  clear(): void {
    this.#takeCaptured();
  }

  #text(pieces: CapturePiece[], bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    pieces.push({ is: 'text', inside: this.#inside, bytes });
    if (this.#inside) this.#keep(bytes);
  }

  /** A piece that does not fit pushes as many bytes as it has itself out at the front. */
  #keep(bytes: Uint8Array): void {
    if (this.#capturedBytes + bytes.length > this.maxBytes) {
      const all = this.#takeCaptured();
      const rest = all.subarray(Math.min(bytes.length, all.length));
      this.#captured = [rest];
      this.#capturedBytes = rest.length;
    }
    this.#captured.push(bytes);
    this.#capturedBytes += bytes.length;
  }

  #takeCaptured(): Uint8Array {
    const all = Buffer.concat(this.#captured);
    this.#captured = [];
    this.#capturedBytes = 0;
    return all;
  }
}

/** How many bytes at the end of `bytes` could be the beginning of `token`. */
function beginningOf(token: Buffer, bytes: Buffer): number {
  for (let length = Math.min(token.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(token.subarray(0, length))) return length;
  }
  return 0;
}
