// A log whose reader may be slow: what it does not take waits, for a limited time, and so do the programs that write
// it. Then it is dropped and counted.
import { E } from '../linux/errno.ts';
import { type Memory, memoryOf } from '../linux/file.ts';
import { DropCounter } from './drop-counter.ts';
import type { LogTarget } from './log-target.ts';

/** For how long programs may be held up by a reader that does not read. */
export const blockedReaderMs = 10_000;
/** What may wait for the reader; more is dropped. */
const maxPendingBytes = 4 * 1024 * 1024;

export abstract class BufferedLog implements LogTarget {
  abstract readonly lineWaitMs: number;
  #pending: Memory[] = [];
  #pendingBytes = 0;
  /** On the clock of performance.now(). */
  #stuckSince: number | null = null;
  readonly #losses: DropCounter;

  /** `name`: what messages call it. */
  constructor(name: string, tell: (message: string) => void) {
    this.#losses = new DropCounter(name, tell);
  }

  /** Where it writes to; asked only while that waits. */
  protected abstract readonly descriptor: number;

  /** Writes the beginning of memory[start, end): how many bytes, or the negated error number. Never waits. */
  protected abstract put(memory: Memory, start: number, end: number): number;

  abstract reopen(): number;

  get waitsFor(): number | null {
    return this.#stuckSince === null ? null : this.descriptor;
  }

  /** When to give the reader up (giveUp), on the clock of performance.now(); null when it reads. */
  get deadline(): number | null {
    return this.#stuckSince === null ? null : this.#stuckSince + blockedReaderMs;
  }

  write(memory: Memory, start: number, end: number): void {
    if (this.#stuckSince !== null) return this.#keep(memory, start, end);
    const written = this.#writeSome(memory, start, end);
    if (written < end) this.#keep(memory, written, end);
  }

  /** To be called when the descriptor has become writable. */
  writePending(): void {
    this.#stuckSince = null;
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    for (const memory of pending) this.write(memory, 0, memory.bytes.length);
  }

  /** Drops what waits; from now on the programs are not held up, until something can be written again. */
  giveUp(): void {
    this.#losses.add(this.#pendingBytes, E.EAGAIN);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#stuckSince = null;
  }

  clear(): number {
    return 0;
  }

  rotate(): number {
    return 0;
  }

  close(): void {
    if (this.#pendingBytes > 0) this.giveUp();
    this.#losses.end('closed');
  }

  /** How far it got; what is lost counts as written. */
  #writeSome(memory: Memory, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const count = this.put(memory, at, end);
      if (count > 0) at += count;
      else if (count === -E.EAGAIN && !this.#losses.active) return at;
      else if (count !== -E.EINTR) {
        this.#losses.add(end - at, count === 0 ? E.EIO : -count);
        return end;
      }
    }
    this.#losses.end('written');
    return end;
  }

  #keep(memory: Memory, start: number, end: number): void {
    this.#stuckSince ??= performance.now();
    if (this.#pendingBytes + end - start > maxPendingBytes) return this.#losses.add(end - start, E.EAGAIN);
    this.#pending.push(memoryOf(memory.bytes.slice(start, end)));
    this.#pendingBytes += end - start;
  }
}
