// A timeout that is active only while the client has to act: send the rest of a request, or read a response.

import type { Clock } from '../supervisor/clock.ts';

export class RequestTimeout {
  #timer: { readonly debt: string; readonly cancel: () => void } | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly onEnd: () => void,
  ) {}

  /** Starts a timeout for `debt`, or none if `ms` is null. A timeout for the same debt keeps running. */
  wait(debt: string, ms: number | null): void {
    if (ms !== null && this.#timer?.debt === debt) return;
    this.stop();
    if (ms !== null) this.#timer = { debt, cancel: this.clock.after(ms, this.onEnd) };
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
