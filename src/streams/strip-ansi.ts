// Takes ANSI control sequences (ESC [ … letter) out of a stream of bytes, wherever the chunks are cut. Pure.

const ESC = 0x1b;
const OPENING_BRACKET = 0x5b;
/** The letters that end a sequence; anything else belongs to it. */
const finalBytes = new Set(Buffer.from('HfABCDRsuJKhlpm'));

export class AnsiStripper {
  #state: 'text' | 'escape' | 'sequence' = 'text';

  /** What remains of the next chunk. A trailing ESC is kept until it is known what it begins. */
  strip(chunk: Uint8Array): Uint8Array {
    if (this.#state === 'text' && !chunk.includes(ESC)) return chunk;
    const kept = new Uint8Array(chunk.length + 1);
    let length = 0;
    for (const byte of chunk) {
      if (this.#state === 'sequence') {
        if (finalBytes.has(byte)) this.#state = 'text';
      } else if (this.#state === 'escape' && byte === OPENING_BRACKET) {
        this.#state = 'sequence';
      } else {
        if (this.#state === 'escape') kept[length++] = ESC;
        this.#state = byte === ESC ? 'escape' : 'text';
        if (byte !== ESC) kept[length++] = byte;
      }
    }
    return kept.subarray(0, length);
  }

  /** What was kept back when the stream ended. */
  end(): Uint8Array {
    const pending = this.#state === 'escape' ? Uint8Array.of(ESC) : new Uint8Array();
    this.#state = 'text';
    return pending;
  }
}
