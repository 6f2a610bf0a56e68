// Output for a client that reads at its own pace: buffers what the kernel does not accept yet.

/** The writing side of a socket. */
export interface Sink {
  /** Number of bytes accepted; -1 if the connection is closed. */
  write(bytes: Uint8Array): number;
}

export class WriteQueue {
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #onEmpty: (() => void) | null = null;
  #isDiscarded = false;

  constructor(
    private readonly sink: Sink,
    /** Called on every change in the number of buffered bytes. */
    private readonly onBuffered: (change: number) => void,
  ) {}

  get isEmpty(): boolean {
    return this.#waitingBytes === 0;
  }

  send(bytes: Uint8Array): void {
    if (this.#isDiscarded) return;
    if (this.#waitingBytes > 0) {
      this.#hold(bytes);
      return;
    }
    const taken = Math.max(0, this.sink.write(bytes));
    if (taken < bytes.length) this.#hold(bytes.subarray(taken));
  }

  /** The socket is writable again. */
  drain(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const taken = Math.max(0, this.sink.write(first));
      this.#waitingBytes -= taken;
      this.onBuffered(-taken);
      if (taken < first.length) {
        this.#waiting[0] = first.subarray(taken);
        return;
      }
      this.#waiting.shift();
    }
    this.#announceEmpty();
  }

  /** Resolves when the queue is empty or discarded. Supports a single waiter. */
  async emptied(): Promise<void> {
    if (this.isEmpty) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** The client has disconnected: what is sent from now on is dropped, since nothing would ever drain it. */
  discard(): void {
    this.#isDiscarded = true;
    this.onBuffered(-this.#waitingBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#announceEmpty();
  }

  #hold(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.onBuffered(bytes.length);
  }

  #announceEmpty(): void {
    const callback = this.#onEmpty;
    this.#onEmpty = null;
    callback?.();
  }
}
