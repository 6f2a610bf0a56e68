// A fake clock that only the test advances.
import type { Clock } from '../../src/supervisor/clock.ts';

export class FakeClock implements Clock {
  #now = 1_000_000;
  readonly #timers = new Map<number, { readonly at: number; readonly action: () => void }>();
  #nextTimer = 0;

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const number = this.#nextTimer++;
    this.#timers.set(number, { at: this.#now + ms, action });
    return () => this.#timers.delete(number);
  }

  /** Deadlines of the pending timers, relative to now. */
  get due(): readonly number[] {
    return [...this.#timers.values()].map(({ at }) => at - this.#now);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const [number, { at, action }] of [...this.#timers]) {
      if (at > this.#now) continue;
      this.#timers.delete(number);
      action();
    }
  }
}
