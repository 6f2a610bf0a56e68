// An auto-reset event: wakes its waiter; a `set` without a waiter is kept for the next `wait`, and several are
// coalesced.

/** For one waiter at a time. Aborting `gone` sets it, so that no waiter is left behind. */
export class AutoResetEvent {
  #isSet = false;
  #wake = () => {};

  constructor(gone: AbortSignal) {
    gone.addEventListener('abort', () => this.set(), { once: true });
  }

  set(): void {
    this.#isSet = true;
    this.#wake();
  }

  async wait(): Promise<void> {
    if (!this.#isSet) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isSet = false;
  }
}
