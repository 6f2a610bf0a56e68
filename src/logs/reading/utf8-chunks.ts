// Pieces of text that neither begin nor end inside a character. Clients decode each piece by itself.

/** Keeps the beginning of a character back until the rest of it comes. Bytes that are no UTF-8 pass as they are. */
export class Utf8Chunks {
  #kept: Uint8Array = new Uint8Array(0);
  #atStart: boolean;

  /** `cutBefore`: what comes first may begin inside a character; the rest of that one is dropped. */
  constructor(cutBefore: boolean) {
    this.#atStart = cutBefore;
  }

  /** What is kept back. */
  get rest(): Uint8Array {
    return this.#kept;
  }

  /** What can be sent now; may be empty. */
  push(bytes: Uint8Array): Uint8Array {
    const all = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    const start = this.#atStart ? continuationBytes(all) : 0;
    if (all.length > 0) this.#atStart = false;
    const end = all.length - unfinishedBytes(all);
    this.#kept = all.slice(Math.max(start, end));
    return all.subarray(start, Math.max(start, end));
  }
}

/** How many bytes at the beginning belong to a character that began before. */
export function continuationBytes(bytes: Uint8Array): number {
  let count = 0;
  while (count < 3 && isContinuation(bytes[count])) count += 1;
  return count;
}

/** How many bytes at the end are the beginning of a character that is not whole. */
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
