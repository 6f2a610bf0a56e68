// A ring buffer of fixed capacity: keeps the newest entries.

export class RingBuffer<T> {
  readonly #slots: (T | undefined)[] = [];
  /** Index of the oldest entry. */
  #first = 0;
  #count = 0;

  constructor(private readonly most: number) {}

  /** Overwrites the oldest entry when full. */
  push(item: T): void {
    this.#slots[(this.#first + this.#count) % this.most] = item;
    if (this.#count < this.most) this.#count += 1;
    else this.#first = (this.#first + 1) % this.most;
  }

  get oldest(): T | undefined {
    return this.#slots[this.#first];
  }

  forgetOldest(): void {
    if (this.#count === 0) return;
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.most;
    this.#count -= 1;
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<T> {
    for (let index = 0; index < this.#count; index += 1) {
      const item = this.#slots[(this.#first + index) % this.most];
      if (item !== undefined) yield item;
    }
  }
}
