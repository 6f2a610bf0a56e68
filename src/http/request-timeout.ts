// A timeout that is active only while the client has to act: send the rest of a request, or read a response.

export class RequestTimeout {
  #timer: { readonly debt: string; readonly id: ReturnType<typeof setTimeout> } | null = null;

  constructor(private readonly onEnd: () => void) {}

  /** Starts a timeout for `debt`, or none if `ms` is null. A timeout for the same debt keeps running. */
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
