// Capture mode: text between two tokens of a stream becomes an event instead of log text. Pure.

const beginToken = Buffer.from('<!--XSUPERVISOR:BEGIN-->');
const endToken = Buffer.from('<!--XSUPERVISOR:END-->');

export type CapturePiece =
  /** `inside`: between the tokens. PROCESS_LOG events carry both kinds of text. */
  | { readonly is: 'text'; readonly inside: boolean; readonly bytes: Uint8Array }
  /** The end token was seen; `bytes` is the text between the tokens. */
  | { readonly is: 'captured'; readonly bytes: Uint8Array };

/** Serialisable; bytes are Base64. */
export interface CaptureSnapshot {
  readonly inside: boolean;
  readonly pending: string;
  readonly captured: string;
}

export class Capture {
  #inside = false;
  /** A suffix of the input that may be the start of the awaited token. */
  #pending = Buffer.alloc(0);
  #captured: Uint8Array[] = [];
  #capturedBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** Returns the pieces that the chunk completes, in order; they share no memory with it. */
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

  /** Returns the held-back suffix at EOF; an unfinished capture is dropped. */
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

  snapshot(): CaptureSnapshot {
    const captured = Buffer.concat(this.#captured).toBase64();
    return { inside: this.#inside, pending: this.#pending.toBase64(), captured };
  }

  /** Continues from the snapshot of a capture of the same size. */
  restore({ inside, pending, captured }: CaptureSnapshot): void {
    this.#inside = inside;
    this.#pending = Buffer.from(pending, 'base64');
    const bytes = Buffer.from(captured, 'base64');
    this.#captured = [bytes];
    this.#capturedBytes = bytes.length;
  }

  #text(pieces: CapturePiece[], bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    pieces.push({ is: 'text', inside: this.#inside, bytes });
    if (this.#inside) this.#keep(bytes);
  }

  /** A bounded buffer: a piece that does not fit evicts the oldest bytes, as in the original. */
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

/** Length of the suffix of `bytes` that may be the start of `token`. */
function beginningOf(token: Buffer, bytes: Buffer): number {
  for (let length = Math.min(token.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(token.subarray(0, length))) return length;
  }
  return 0;
}
