// Counts dropped bytes, with one message when dropping begins and one when it ends.
import { errnoName } from '../linux/errno.ts';

export class DropCounter {
  #bytes = 0;
  #active = false;

  constructor(
    private readonly path: string,
    private readonly onTrouble: (message: string) => void,
  ) {}

  /** True while output is dropped: the last write failed. */
  get active(): boolean {
    return this.#active;
  }

  /** The number of bytes dropped so far; null while none are. Serialisable. */
  snapshot(): number | null {
    return this.#active ? this.#bytes : null;
  }

  /** Continues from a snapshot, without a message. */
  restore(dropped: number | null): void {
    this.#active = dropped !== null;
    this.#bytes = dropped ?? 0;
  }

  add(bytes: number, errno: number): void {
    this.#bytes += bytes;
    if (this.#active) return;
    this.#active = true;
    this.onTrouble(
      `cannot write to ${this.path}: ${errnoName(errno)}; output is dropped until it can be written again`,
    );
  }

  /** A write has succeeded, or the log is closed. */
  end(how: 'written' | 'closed'): void {
    if (!this.#active) return;
    const what = how === 'written' ? `writing to ${this.path} again` : `closed ${this.path}`;
    this.onTrouble(`${what}; ${this.#bytes} bytes were dropped`);
    this.#active = false;
    this.#bytes = 0;
  }
}
