// Lists of strings as C takes them.
import { ptr } from './libc.ts';

/** A NULL-terminated `char *[]`; must stay referenced while C looks at it. */
export class CStringArray {
  readonly pointers: BigUint64Array;
  private readonly bytes: Buffer;

  constructor(strings: readonly string[]) {
    this.bytes = Buffer.from(`${strings.join('\0')}\0`);
    this.pointers = new BigUint64Array(strings.length + 1);
    const base = ptr(this.bytes);
    let offset = 0;
    strings.forEach((text, index) => {
      this.pointers[index] = BigInt(base + offset);
      offset += Buffer.byteLength(text) + 1;
    });
  }
}
