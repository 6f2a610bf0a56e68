// Long work in short time slices, so that the event loop gets to everything else in between.

/** How long work may keep the event loop from clients and from the ends of processes, in milliseconds. */
export const sliceMs = 20;

/** The first slice begins at once. The work asks after each of its pieces whether the slice is over. */
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

  /** For how long all slices kept the event loop busy, in milliseconds. */
  get busyMs(): number {
    return this.#earlierMs + this.now() - this.#start;
  }

  /** The next slice begins when everything else has had a turn. */
  async next(): Promise<void> {
    this.#earlierMs += this.now() - this.#start;
    await new Promise((resolve) => setImmediate(resolve));
    this.#start = this.now();
  }
}
