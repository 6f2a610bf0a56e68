// Bytes that a log could not take: counted, told once at the start and once at the end.
import { errnoName } from '../linux/errno.ts';

export class DropCounter {
  #bytes = 0;
  #active = false;

  constructor(
    private readonly path: string,
    private readonly tell: (message: string) => void,
  ) {}

  /** The last attempt to write failed. */
  get active(): boolean {
    return this.#active;
  }

  add(bytes: number, errno: number): void {
    this.#bytes += bytes;
    if (this.#active) return;
    this.#active = true;
    this.tell(
      `cannot write to ${this.path}: ${errnoName(errno)}; output is dropped until it can be written again`,
    );
  }

  /** Writing works again, or nobody will try any more. */
  end(how: 'written' | 'closed'): void {
    if (!this.#active) return;
    const what = how === 'written' ? `writing to ${this.path} again` : `closed ${this.path}`;
    this.tell(`${what}; ${this.#bytes} bytes were dropped`);
    this.#active = false;
    this.#bytes = 0;
  }
}
