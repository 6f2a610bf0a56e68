// Lists of strings as C takes them.
import { ptr } from './libc.ts';

/** A NULL-terminated `char *[]`; must stay referenced while C looks at it. */
export class CStringArray {
  readonly pointers: Uint32Array;
  private readonly bytes: Buffer;

  constructor(strings: readonly string[]) {
    this.bytes = joined(strings);
    this.pointers = pointersTo(strings, ptr(this.bytes));
  }
}

/** The strings one after the other, a NUL behind each. */
function joined(strings: readonly string[]): Buffer {
  return Buffer.from(`${strings.join('\0')}\0`);
}

/** Where each string is when they stand joined at `base`, and a NULL. */
function pointersTo(strings: readonly string[], base: number): Uint32Array {
  // Pairs of 32 bits, the lower half first, cost less than BigInts.
  const halves = new Uint32Array((strings.length + 1) * 2);
  let address = base;
  for (let index = 0; index < strings.length; index += 1) {
    halves[index * 2] = address;
    halves[index * 2 + 1] = address / 2 ** 32;
    address += Buffer.byteLength(strings[index] ?? '') + 1;
  }
  return halves;
}
