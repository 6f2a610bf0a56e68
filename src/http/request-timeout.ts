// A timer that runs only while a client owes something: the rest of a request, or the reading of an answer.

export class RequestTimeout {
  #timer: { readonly debt: string; readonly id: ReturnType<typeof setTimeout> } | null = null;

  constructor(private readonly onEnd: () => void) {}

  /** Waits so long for `debt`, or for nothing when `ms` is null. A wait for the same thing goes on as it was. */
  wait(debt: string, ms: number | null): void {
    if (ms !== null && this.#timer?.debt === debt) return;
    this.stop();
    if (ms !== null) this.#timer = { debt, id: setTimeout(this.onEnd, ms) };
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer.id);
    this.#timer = null;
  }
}
