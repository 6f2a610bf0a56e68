// Callbacks for descriptors that a worker watches for the main thread. A descriptor number is used again as soon as it is
// closed, while an event of the one before may still be on its way: each watch has a number of its own.

interface Watch {
  readonly number: number;
  readonly callback: () => void;
}

export class DescriptorCallbacks {
  readonly #watches = new Map<number, Watch>();
  #lastNumber = 0;

  /** Replaces an earlier watch of `fd`. Returns the number of the watch, for the worker. */
  add(fd: number, callback: () => void): number {
    this.#lastNumber += 1;
    this.#watches.set(fd, { number: this.#lastNumber, callback });
    return this.#lastNumber;
  }

  /** False when `fd` is not watched. */
  remove(fd: number): boolean {
    return this.#watches.delete(fd);
  }

  /** Calls back, once, for the watch of that number; an event of an earlier one is ignored. */
  ready(fd: number, watch: number): void {
    const current = this.#watches.get(fd);
    if (current?.number !== watch) return;
    this.#watches.delete(fd);
    current.callback();
  }
}
