// Lists of strings as C takes them.
import { ptr } from './libc.ts';

/** A NULL-terminated `char *[]`; must stay referenced while C looks at it. */
export class CStringArray {
  readonly pointers: BigUint64Array;
  private readonly bytes: Buffer;

  constructor(strings: readonly string[]) {
    this.bytes = joined(strings);
    this.pointers = pointersTo(strings, ptr(this.bytes));
  }
}

/** The strings one after the other, a NUL behind each. */
export function joined(strings: readonly string[]): Buffer {
  return Buffer.from(`${strings.join('\0')}\0`);
}

/** Where each string is when they stand joined at `base`, and a NULL. */
export function pointersTo(strings: readonly string[], base: number): BigUint64Array {
  const pointers = new BigUint64Array(strings.length + 1);
  let offset = 0;
  strings.forEach((text, index) => {
    pointers[index] = BigInt(base + offset);
    offset += Buffer.byteLength(text) + 1;
  });
  return pointers;
}
