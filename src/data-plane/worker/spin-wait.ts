// Decides whether to busy-poll for the next result of an event listener. Times are milliseconds on any monotonic clock.

/** Several times the reply time of the fastest listeners. */
const spinMs = 0.1;
/** Results to skip after a vain spin: the listener is slow, or waits for the very CPU that is spinning. */
const skippedResults = 64;

export class SpinWait {
  #spinUntil: number | null = null;
  #skip = 0;

  /** An event was sent and the next one waits for its result: returns until when to spin; null to sleep. */
  sent(now: number): number | null {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return null;
    }
    this.#spinUntil = now + spinMs;
    return this.#spinUntil;
  }

  /** Part of a result has arrived. */
  answered(now: number): void {
    if (this.#spinUntil !== null && now > this.#spinUntil) this.#skip = skippedResults;
    this.#spinUntil = null;
  }
}
