// Splits long work into time slices and yields to the event loop between them.

/** How long work may occupy the event loop, which delays clients and exits, in milliseconds. */
export const sliceMs = 20;

/** The first slice starts at once. The work checks `isOver` after each of its pieces. */
export class TimeSlice {
  #start: number;
  #earlierMs = 0;

  constructor(
    private readonly limitMs = sliceMs,
    /** Milliseconds of a monotonic clock. */
    private readonly now = () => performance.now(),
  ) {
    this.#start = now();
  }

  get isOver(): boolean {
    return this.now() - this.#start >= this.limitMs;
  }

  /** Milliseconds for which all slices occupied the event loop. */
  get busyMs(): number {
    return this.#earlierMs + this.now() - this.#start;
  }

  /** Yields; the next slice starts after all other pending work. */
  async next(): Promise<void> {
    this.#earlierMs += this.now() - this.#start;
    await new Promise((resolve) => setImmediate(resolve));
    this.#start = this.now();
  }
}
