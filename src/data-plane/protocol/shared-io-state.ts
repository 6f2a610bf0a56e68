// What a data thread and the main thread see of each other while one of them waits: a few cells of shared memory.
// The data thread says which file it is busy with, as a disk may not answer; the main thread waits for an opened log.
import { monotonicUsec } from '../../linux/monotonic-clock.ts';

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
  /** [the log that is waited for, error number, length of the path] */
  readonly #cells: Int32Array;
  readonly #path: Uint8Array;
  #last: Uint8Array | null = null;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(Math.ceil(bytes / 8) * 8)) {
    this.#since = new Float64Array(memory, sinceOffset, 1);
    this.#cells = new Int32Array(memory, answerOffset, (pathOffset - answerOffset) / 4);
    this.#path = new Uint8Array(memory, pathOffset, maxPathBytes);
  }

  /** The data thread asks something of the file at `path`, which must be the same object for the same file. */
  begin(path: Uint8Array): void {
    if (path !== this.#last) {
      this.#path.set(path.subarray(0, maxPathBytes));
      this.#cells[cell(lengthOffset)] = Math.min(path.length, maxPathBytes);
      this.#last = path;
    }
    this.#since[0] = clock();
  }

  /** It has answered. */
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

  /** For how many milliseconds the answer has been waited for; null when none is. */
  get waitingMs(): number | null {
    const since = this.#since[0] ?? 0;
    return since === 0 ? null : clock() - since;
  }

  /** The file of which that is true. */
  get path(): string {
    return Buffer.from(this.#path.slice(0, this.#cells[cell(lengthOffset)])).toString();
  }

  /** To be called by the main thread before it asks for the log with this number to be opened. */
  expect(log: number): void {
    Atomics.store(this.#cells, cell(answerOffset), log);
  }

  /** Blocks the main thread for at most `limitMs`: the error number or 0, or null when it was not opened by then. */
  opened(log: number, limitMs: number): number | null {
    Atomics.wait(this.#cells, cell(answerOffset), log, limitMs);
    const gaveUp = Atomics.compareExchange(this.#cells, cell(answerOffset), log, 0) === log;
    return gaveUp ? null : Atomics.load(this.#cells, cell(errnoOffset));
  }

  /** The data thread's answer to that; whether anybody still waits for it. */
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

/** performance.now() begins with its thread. */
const threadStart = Number(monotonicUsec()) / 1000 - performance.now();

/** Milliseconds on a clock that all threads have in common. */
function clock(): number {
  return threadStart + performance.now();
}
