// Work that is long in all, in bursts that are short, so that the event loop gets to everybody else in between.

/** How long work may keep the event loop from clients and from the ends of processes, in milliseconds. */
export const burstMs = 20;

/** The first begins at once. Whoever works asks behind each piece of it whether the burst is over. */
export class TimeSlice {
  #start = performance.now();
  #earlierMs = 0;

  constructor(private readonly limitMs = burstMs) {}

  get isOver(): boolean {
    return performance.now() - this.#start >= this.limitMs;
  }

  /** For how long all of them kept the event loop busy, in milliseconds. */
  get busyMs(): number {
    return this.#earlierMs + performance.now() - this.#start;
  }

  /** The next one begins when everybody else has had a turn. */
  async next(): Promise<void> {
    this.#earlierMs += performance.now() - this.#start;
    await new Promise((resolve) => setImmediate(resolve));
    this.#start = performance.now();
  }
}
