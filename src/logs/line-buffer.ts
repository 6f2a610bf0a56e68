// Buffers unfinished lines while several streams write to one file, so that lines are not interleaved.
import { type Memory, memoryOf } from '../linux/file.ts';
import { fromMonotonic, toMonotonic } from '../linux/monotonic-clock.ts';

/** Long enough for the rest of a write(2) to arrive. */
const sharedWaitMs = 50;
/** A longer line is written in pieces. */
const maxLineBytes = 1024 * 1024;
const newline = 0x0a;

type Write = (memory: Memory, start: number, end: number) => void;

/** The unfinished line in Base64, and since when it is buffered (CLOCK_MONOTONIC, in milliseconds). Serialisable. */
export interface LineBufferSnapshot {
  readonly held: string;
  readonly since: number;
}

export class LineBuffer {
  #held: Uint8Array | null = null;
  #heldSince = 0;

  /** `waitMs`: how long an unfinished line waits for its rest. */
  constructor(
    private readonly write: Write,
    private readonly waitMs = sharedWaitMs,
  ) {}

  /** When to flush the buffer, on the clock of performance.now(); null when it is empty. */
  get deadline(): number | null {
    return this.#held === null ? null : this.#heldSince + this.waitMs;
  }

  /** `shared`: the file has other writers. The caller may reuse memory[start, end) afterwards. */
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

  /** Null when it is empty. */
  snapshot(): LineBufferSnapshot | null {
    if (this.#held === null) return null;
    return { held: this.#held.toBase64(), since: toMonotonic(this.#heldSince) };
  }

  /** Continues from a snapshot. */
  restore(snapshot: LineBufferSnapshot | null): void {
    if (snapshot === null) return;
    this.#held = Uint8Array.fromBase64(snapshot.held);
    this.#heldSince = fromMonotonic(snapshot.since);
  }

  /** Joins the buffered start and the rest into one write, because the file could be rotated between two. */
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
