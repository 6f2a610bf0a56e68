// Work that takes much memory, one piece after the other, whoever asks and how often.

export class Mutex {
  #last: Promise<void> = Promise.resolve();

  /** What was asked for first is done first. The memory of each is given back before the next begins. */
  async inTurn<T>(action: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      return await action();
    } finally {
      // The answer is made of it in this very turn. Left to itself the collector lets gigabytes gather.
      setImmediate(() => {
        Bun.gc(true);
        resolve();
      });
    }
  }
}
