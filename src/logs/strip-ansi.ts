// Removes ANSI control sequences (ESC [ … letter) from a stream of bytes, across chunk boundaries. Pure.

const escapeByte = 0x1b;
const openingBracket = 0x5b;
/** Letters that end a sequence; any other byte is part of it. */
const finalBytes = new Set(Buffer.from('HfABCDRsuJKhlpm'));

/** Where in the input it is; `escape`: an ESC was seen and is not written yet. */
export type AnsiState = 'text' | 'escape' | 'sequence';

export class AnsiStripper {
  #state: AnsiState = 'text';

  snapshot(): AnsiState {
    return this.#state;
  }

  /** Continues from a snapshot. */
  restore(state: AnsiState): void {
    this.#state = state;
  }

  /** Returns the rest of the chunk. A trailing ESC is buffered until the next byte. */
  strip(chunk: Uint8Array): Uint8Array {
    if (this.#state === 'text' && !chunk.includes(escapeByte)) return chunk;
    const parts: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length) at = this.#step(chunk, at, parts);
    return Buffer.concat(parts);
  }

  /** Returns the buffered bytes at EOF. */
  end(): Uint8Array {
    const pending = this.#state === 'escape' ? lonelyEscape : new Uint8Array();
    this.#state = 'text';
    return pending;
  }

  /** Advances to the next change of state and returns its index. */
  #step(chunk: Uint8Array, at: number, parts: Uint8Array[]): number {
    switch (this.#state) {
      case 'text': {
        const start = chunk.indexOf(escapeByte, at);
        if (start >= 0) this.#state = 'escape';
        parts.push(chunk.subarray(at, start < 0 ? chunk.length : start));
        return start < 0 ? chunk.length : start + 1;
      }
      case 'escape': {
        const opens = chunk[at] === openingBracket;
        this.#state = opens ? 'sequence' : 'text';
        if (!opens) parts.push(lonelyEscape);
        return opens ? at + 1 : at;
      }
      case 'sequence': {
        let last = at;
        while (last < chunk.length && !finalBytes.has(chunk[last] ?? 0)) last += 1;
        if (last < chunk.length) this.#state = 'text';
        return last + 1;
      }
    }
  }
}

const lonelyEscape = Uint8Array.of(escapeByte);
