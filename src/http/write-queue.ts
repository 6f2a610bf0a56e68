// Bytes on their way to a client that reads at its own pace: what the kernel does not take now waits here.

/** The part of a socket that is written to. */
export interface Sink {
  /** How many bytes were taken; -1 when the connection is gone. */
  write(bytes: Uint8Array): number;
}

export class WriteQueue {
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #onEmpty: (() => void) | null = null;

  constructor(
    private readonly sink: Sink,
    /** Told of every change in the number of waiting bytes. */
    private readonly onHeld: (change: number) => void,
  ) {}

  get isEmpty(): boolean {
    return this.#waitingBytes === 0;
  }

  send(bytes: Uint8Array): void {
    if (this.#waitingBytes > 0) {
      this.#hold(bytes);
      return;
    }
    const taken = Math.max(0, this.sink.write(bytes));
    if (taken < bytes.length) this.#hold(bytes.subarray(taken));
  }

  /** The kernel takes bytes again. */
  drain(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const taken = Math.max(0, this.sink.write(first));
      this.#waitingBytes -= taken;
      this.onHeld(-taken);
      if (taken < first.length) {
        this.#waiting[0] = first.subarray(taken);
        return;
      }
      this.#waiting.shift();
    }
    this.#announceEmpty();
  }

  /** Resolves when nothing waits, or when it was given up. One waiter at a time. */
  async emptied(): Promise<void> {
    if (this.isEmpty) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** The reader is gone. */
  discard(): void {
    this.onHeld(-this.#waitingBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#announceEmpty();
  }

  #hold(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.onHeld(bytes.length);
  }

  #announceEmpty(): void {
    const callback = this.#onEmpty;
    this.#onEmpty = null;
    callback?.();
  }
}
