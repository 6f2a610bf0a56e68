// Runs work that is due for many processes at once in time slices, so that the event loop stays responsive.
import { TimeSlice } from './time-slice.ts';

export class TaskQueue {
  #queue: (() => void)[] = [];

  /** Queues `work`, first in, first out. */
  add(work: () => void): void {
    this.#queue.push(work);
    if (this.#queue.length === 1) setImmediate(() => this.#runSlice());
  }

  /** An exception in one task, which the daemon survives, must not leave the rest in the queue. */
  #runSlice(): void {
    const slice = new TimeSlice();
    let done = 0;
    try {
      while (done < this.#queue.length && !slice.isOver) this.#queue[done++]?.();
    } finally {
      this.#queue = this.#queue.slice(done);
      if (this.#queue.length > 0) setImmediate(() => this.#runSlice());
    }
  }
}
