// Work that falls due for many processes at the same moment takes turns with everything else in the event loop.
import { TimeSlice } from './time-slice.ts';

export class TaskQueue {
  #waiting: (() => void)[] = [];

  /** Calls `work` soon, after what has waited longer. */
  take(work: () => void): void {
    this.#waiting.push(work);
    if (this.#waiting.length === 1) setImmediate(() => this.#burst());
  }

  /** A mistake in one piece of work, which the daemon survives, must not keep the rest waiting for ever. */
  #burst(): void {
    const burst = new TimeSlice();
    let done = 0;
    try {
      while (done < this.#waiting.length && !burst.isOver) this.#waiting[done++]?.();
    } finally {
      this.#waiting = this.#waiting.slice(done);
      if (this.#waiting.length > 0) setImmediate(() => this.#burst());
    }
  }
}
