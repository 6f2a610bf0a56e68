// Cuts a byte stream at character boundaries, because clients decode each chunk on its own.

/** Buffers a partial character until the rest arrives. Invalid UTF-8 is passed through. */
export class Utf8Chunks {
  #kept: Uint8Array = new Uint8Array(0);
  #atStart: boolean;

  /** `cutBefore`: the stream may start inside a character, whose rest is dropped. */
  constructor(cutBefore: boolean) {
    this.#atStart = cutBefore;
  }

  /** The buffered partial character. */
  get rest(): Uint8Array {
    return this.#kept;
  }

  /** The bytes that can be sent now; may be empty. */
  push(bytes: Uint8Array): Uint8Array {
    const all = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    const start = this.#atStart ? continuationBytes(all) : 0;
    if (all.length > 0) this.#atStart = false;
    const end = all.length - unfinishedBytes(all);
    this.#kept = all.slice(Math.max(start, end));
    return all.subarray(start, Math.max(start, end));
  }
}

/** Number of leading bytes that belong to an earlier character. */
export function continuationBytes(bytes: Uint8Array): number {
  let count = 0;
  while (count < 3 && isContinuation(bytes[count])) count += 1;
  return count;
}

/** Number of trailing bytes that are a partial character. */
export function unfinishedBytes(bytes: Uint8Array): number {
  for (let count = 1; count <= Math.min(3, bytes.length); count += 1) {
    const byte = bytes[bytes.length - count];
    if (!isContinuation(byte)) return lengthOfCharacter(byte) > count ? count : 0;
  }
  return 0;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function lengthOfCharacter(first: number | undefined): number {
  if (first === undefined || first < 0xc2 || first > 0xf4) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
