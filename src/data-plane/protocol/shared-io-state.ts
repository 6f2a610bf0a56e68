// Shared memory between the main thread and a worker that may be blocked in a system call: the worker publishes the
// file it accesses, so that a stall can be seen; the main thread waits in it for a log to be opened.
import { toMonotonic } from '../../linux/monotonic-clock.ts';

const sinceOffset = 0;
const answerOffset = 8;
const errnoOffset = 12;
const lengthOffset = 16;
const pathOffset = 20;
/** PATH_MAX (limits.h). */
const maxPathBytes = 4096;
const bytes = pathOffset + maxPathBytes;

export class SharedIoState {
  readonly #since: Float64Array;
  /** [the awaited log, its errno, length of the path] */
  readonly #cells: Int32Array;
  readonly #path: Uint8Array;
  #last: Uint8Array | null = null;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(Math.ceil(bytes / 8) * 8)) {
    this.#since = new Float64Array(memory, sinceOffset, 1);
    this.#cells = new Int32Array(memory, answerOffset, (pathOffset - answerOffset) / 4);
    this.#path = new Uint8Array(memory, pathOffset, maxPathBytes);
  }

  /**
   * The worker is about to access the file at `path`; pass the same object for the same file, which is then not copied
   * again.
   */
  begin(path: Uint8Array): void {
    if (path !== this.#last) {
      this.#path.set(path.subarray(0, maxPathBytes));
      this.#cells[cell(lengthOffset)] = Math.min(path.length, maxPathBytes);
      this.#last = path;
    }
    this.#since[0] = clock();
  }

  /** The system call has returned. */
  end(): void {
    this.#since[0] = 0;
  }

  during<T>(path: Uint8Array, action: () => T): T {
    this.begin(path);
    try {
      return action();
    } finally {
      this.end();
    }
  }

  /** Milliseconds since the current system call began; null when none is in progress. */
  get waitingMs(): number | null {
    const since = this.#since[0] ?? 0;
    return since === 0 ? null : clock() - since;
  }

  /** The file that is being accessed. */
  get path(): string {
    return Buffer.from(this.#path.slice(0, this.#cells[cell(lengthOffset)])).toString();
  }

  /** The main thread calls it before it sends the command to open this log. */
  expect(log: number): void {
    Atomics.store(this.#cells, cell(answerOffset), log);
  }

  /** Blocks the main thread for at most `limitMs`: returns the errno or 0, or null on timeout. */
  opened(log: number, limitMs: number): number | null {
    Atomics.wait(this.#cells, cell(answerOffset), log, limitMs);
    const gaveUp = Atomics.compareExchange(this.#cells, cell(answerOffset), log, 0) === log;
    return gaveUp ? null : Atomics.load(this.#cells, cell(errnoOffset));
  }

  /** The worker's reply; true when the main thread is still waiting for it. */
  answer(log: number, errno: number): boolean {
    Atomics.store(this.#cells, cell(errnoOffset), errno);
    const awaited = Atomics.compareExchange(this.#cells, cell(answerOffset), log, 0) === log;
    if (awaited) Atomics.notify(this.#cells, cell(answerOffset));
    return awaited;
  }
}

function cell(offset: number): number {
  return (offset - answerOffset) / 4;
}

/** Milliseconds on a clock common to all threads. */
function clock(): number {
  return toMonotonic(performance.now());
}
