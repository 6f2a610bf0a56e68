// Rate-limits warnings that a client can trigger at will, so that they do not flood the log: the first one is
// written, those of the following minute are counted.

export class RepeatedWarning {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #counted = 0;
  #last = '';

  constructor(
    private readonly write: (message: string) => void,
    private readonly intervalMs = 60_000,
  ) {}

  warn(message: string): void {
    if (this.#timer) {
      this.#counted += 1;
      this.#last = message;
      return;
    }
    this.write(message);
    this.#wait();
  }

  /** Writes the pending count. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writeCount();
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#writeCount()) this.#wait();
    }, this.intervalMs);
  }

  #writeCount(): boolean {
    const count = this.#counted;
    this.#counted = 0;
    if (count > 0) this.write(`${this.#last} (${count} times in the last minute)`);
    return count > 0;
  }
}
