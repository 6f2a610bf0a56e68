// Whether the next answer of an event listener is worth looking out for without sleeping. Times are milliseconds on any
// clock that is never set.

/** Several times as long as the fastest listeners need. */
const lookOutMs = 0.1;
/** After a look-out in vain, because the listener is slow or waits for the processor that we look out on. */
const answersWithout = 64;

export class SpinWait {
  #lookOutUntil: number | null = null;
  #without = 0;

  /** An event was sent, and the next one waits for the answer: until when to look out for the answer; null when it is better to sleep. */
  sent(now: number): number | null {
    if (this.#without > 0) {
      this.#without -= 1;
      return null;
    }
    this.#lookOutUntil = now + lookOutMs;
    return this.#lookOutUntil;
  }

  /** Something of an answer has come. */
  answered(now: number): void {
    if (this.#lookOutUntil !== null && now > this.#lookOutUntil) this.#without = answersWithout;
    this.#lookOutUntil = null;
  }
}
