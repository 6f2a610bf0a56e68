// Arrays of strings for C.
import { ptr } from './libc.ts';

/** A NULL-terminated `char *[]`; keep a reference while C uses it. */
export class CStringArray {
  readonly pointers: Uint32Array;
  private readonly bytes: Buffer;

  constructor(strings: readonly string[]) {
    this.bytes = joined(strings);
    this.pointers = pointersTo(strings, ptr(this.bytes));
  }
}

/** The strings concatenated, each with a NUL. */
function joined(strings: readonly string[]): Buffer {
  return Buffer.from(`${strings.join('\0')}\0`);
}

/** The address of each string of the concatenation at `base`, and a NULL. */
function pointersTo(strings: readonly string[], base: number): Uint32Array {
  // 32-bit halves, little-endian: cheaper than BigInts.
  const halves = new Uint32Array((strings.length + 1) * 2);
  let address = base;
  for (let index = 0; index < strings.length; index += 1) {
    halves[index * 2] = address;
    halves[index * 2 + 1] = address / 2 ** 32;
    address += Buffer.byteLength(strings[index] ?? '') + 1;
  }
  return halves;
}
