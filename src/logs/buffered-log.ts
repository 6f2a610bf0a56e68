// A log whose reader may be slow: buffers what the reader does not take, and applies back-pressure to the programs that
// write, for a limited time. After that, output is dropped and counted.
import { E } from '../linux/errno.ts';
import { type Memory, memoryOf } from '../linux/file.ts';
import { fromMonotonic, toMonotonic } from '../linux/monotonic-clock.ts';
import { DropCounter } from './drop-counter.ts';
import type { LogTarget, LogTargetSnapshot } from './log-target.ts';

/** How long a blocked reader may block programs. */
export const blockedReaderMs = 10_000;
/** Bound on the buffer; more is dropped. */
const maxPendingBytes = 4 * 1024 * 1024;

/** Serialisable. */
export interface BufferSnapshot {
  /** What the reader has not taken yet, in the pieces that were written, in Base64. */
  readonly pending: readonly string[];
  /** Since when the reader blocks (CLOCK_MONOTONIC, in milliseconds); null while it reads. */
  readonly blockedSince: number | null;
  /** Dropped bytes; null while none are. */
  readonly dropped: number | null;
}

export abstract class BufferedLog implements LogTarget {
  abstract readonly lineWaitMs: number;
  #pending: Memory[] = [];
  #pendingBytes = 0;
  /** When it became blocked, on the clock of performance.now(); null while the reader reads. */
  #blockedSince: number | null = null;
  readonly #drops: DropCounter;

  /** `name`: its name in messages. */
  constructor(name: string, onTrouble: (message: string) => void) {
    this.#drops = new DropCounter(name, onTrouble);
  }

  /** The descriptor it writes to; read only while it is blocked. */
  protected abstract readonly descriptor: number;

  /** Writes a part of memory[start, end): returns the bytes written or the negated errno. Non-blocking. */
  protected abstract put(memory: Memory, start: number, end: number): number;

  abstract reopen(): number;

  abstract snapshot(): LogTargetSnapshot;

  get waitsFor(): number | null {
    return this.#blockedSince === null ? null : this.descriptor;
  }

  /** When to call giveUp, on the clock of performance.now(); null while the reader reads. */
  get deadline(): number | null {
    return this.#blockedSince === null ? null : this.#blockedSince + blockedReaderMs;
  }

  write(memory: Memory, start: number, end: number): void {
    if (this.#blockedSince !== null) return this.#buffer(memory, start, end);
    const written = this.#writeSome(memory, start, end);
    if (written < end) this.#buffer(memory, written, end);
  }

  /** Call it when the descriptor has become writable. */
  writePending(): void {
    this.#blockedSince = null;
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    for (const memory of pending) this.write(memory, 0, memory.bytes.length);
  }

  /** Drops the buffer and ends the back-pressure, until a write succeeds again. */
  giveUp(): void {
    this.#drops.add(this.#pendingBytes, E.EAGAIN);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#blockedSince = null;
  }

  clear(): number {
    return 0;
  }

  rotate(): number {
    return 0;
  }

  close(): void {
    if (this.#pendingBytes > 0) this.giveUp();
    this.#drops.end('closed');
  }

  protected snapshotBuffer(): BufferSnapshot {
    const since = this.#blockedSince;
    return {
      pending: this.#pending.map(({ bytes }) => bytes.toBase64()),
      blockedSince: since === null ? null : toMonotonic(since),
      dropped: this.#drops.snapshot(),
    };
  }

  /** Continues from a snapshot. A blocked log needs its descriptor: see `waitsFor`. */
  protected restoreBuffer({ pending, blockedSince, dropped }: BufferSnapshot): void {
    this.#drops.restore(dropped);
    this.#pending = pending.map((piece) => memoryOf(Uint8Array.fromBase64(piece)));
    this.#pendingBytes = this.#pending.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#blockedSince = blockedSince === null ? null : fromMonotonic(blockedSince);
  }

  /** Returns the end of what was written; dropped bytes count as written. */
  #writeSome(memory: Memory, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const count = this.put(memory, at, end);
      if (count > 0) at += count;
      else if (count === -E.EAGAIN && !this.#drops.active) return at;
      else if (count !== -E.EINTR) {
        this.#drops.add(end - at, count === 0 ? E.EIO : -count);
        return end;
      }
    }
    this.#drops.end('written');
    return end;
  }

  #buffer(memory: Memory, start: number, end: number): void {
    this.#blockedSince ??= performance.now();
    if (this.#pendingBytes + end - start > maxPendingBytes) return this.#drops.add(end - start, E.EAGAIN);
    this.#pending.push(memoryOf(memory.bytes.slice(start, end)));
    this.#pendingBytes += end - start;
  }
}
