// The latest of many: a ring that takes up no more room than it was given, however much comes by.

export class RingBuffer<T> {
  readonly #slots: (T | undefined)[] = [];
  /** Of the oldest. */
  #first = 0;
  #count = 0;

  constructor(private readonly most: number) {}

  /** The oldest makes way when there is no room. */
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
