// Wakes whoever waits for news; one that comes while nobody waits is remembered.

/** For one waiter at a time. Aborting `gone` rings too, so that nobody waits for ever. */
export class AutoResetEvent {
  #isRung = false;
  #wake = () => {};

  constructor(gone: AbortSignal) {
    gone.addEventListener('abort', () => this.ring(), { once: true });
  }

  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  async rung(): Promise<void> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isRung = false;
  }
}
