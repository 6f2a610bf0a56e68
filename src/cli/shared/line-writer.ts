// A line buffer, so that lines of several streams are not mixed.

/** Longer lines are split. */
const maxLineBytes = 64 * 1024;
const newLine = 10;

export class LineWriter {
  readonly #onLine: (line: Uint8Array) => void;
  #begun: Uint8Array = new Uint8Array(0);

  /** `onLine` receives each line including its line feed. */
  constructor(onLine: (line: Uint8Array) => void) {
    this.#onLine = onLine;
  }

  write(piece: Uint8Array): void {
    let rest = this.#begun.length === 0 ? piece : Buffer.concat([this.#begun, piece]);
    for (let end = rest.indexOf(newLine); end >= 0; end = rest.indexOf(newLine)) {
      this.#onLine(rest.subarray(0, end + 1));
      rest = rest.subarray(end + 1);
    }
    this.#begun = rest;
    if (rest.length >= maxLineBytes) this.end();
  }

  /** Flushes an incomplete line. */
  end(): void {
    if (this.#begun.length > 0) this.#onLine(Buffer.concat([this.#begun, Buffer.of(newLine)]));
    this.#begun = new Uint8Array(0);
  }
}
