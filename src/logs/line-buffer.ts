// Several streams write to one file: a line that was not read to its end yet waits, so that no other's gets into it.
import { type Memory, memoryOf } from '../linux/file.ts';

/** Long enough for the rest of a write. */
const sharedWaitMs = 50;
/** A longer line is written in pieces. */
const maxLineBytes = 1024 * 1024;
const newline = 0x0a;

type Write = (memory: Memory, start: number, end: number) => void;

export class LineBuffer {
  #held: Uint8Array | null = null;
  #heldSince = 0;

  /** `waitMs`: for how long an unfinished line waits for its rest. */
  constructor(
    private readonly write: Write,
    private readonly waitMs = sharedWaitMs,
  ) {}

  /** When what is held must be written (flush), on the clock of performance.now(); null when nothing is. */
  get deadline(): number | null {
    return this.#held === null ? null : this.#heldSince + this.waitMs;
  }

  /** `shared`: others write to the same file. Takes memory[start, end), which may change afterwards. */
  add(memory: Memory, start: number, end: number, shared: boolean): void {
    if (this.#held === null && !shared) return this.write(memory, start, end);
    const last = memory.bytes.lastIndexOf(newline, end - 1);
    const linesEnd = last >= start ? last + 1 : start;
    if (linesEnd > start) {
      this.#finish(memory, start, linesEnd);
    }
    if (linesEnd < end) this.#hold(memory.bytes.subarray(linesEnd, end));
    if (this.#held && (!shared || this.#held.length > maxLineBytes)) this.flush();
  }

  flush(): void {
    if (this.#held === null) return;
    const held = memoryOf(this.#held);
    this.#held = null;
    this.write(held, 0, held.bytes.length);
  }

  /** The held beginning and the rest in one piece: between two writes the file could be rotated. */
  #finish(memory: Memory, start: number, end: number): void {
    if (this.#held === null) return this.write(memory, start, end);
    const whole = memoryOf(Buffer.concat([this.#held, memory.bytes.subarray(start, end)]));
    this.#held = null;
    this.write(whole, 0, whole.bytes.length);
  }

  #hold(rest: Uint8Array): void {
    this.#held = this.#held === null ? rest.slice() : Buffer.concat([this.#held, rest]);
    this.#heldSince = performance.now();
  }
}
