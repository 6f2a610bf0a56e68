// Our end of a child's stdin: writes what fits at once and keeps the rest, in order, until the child reads.
import { E } from '../../linux/errno.ts';
import { errno, libc, ptr } from '../../linux/libc.ts';

/** Who looks at descriptors that cannot be written just now. */
export interface WritableWatch {
  /** Calls back once when `fd` can be written or its reader is gone. */
  whenWritable(fd: number, callback: () => void): void;
  /** Must precede close(fd). */
  forgetWritable(fd: number): void;
}

/** More than this unread by the child is refused: it would only fill the daemon's memory. */
const maxPendingBytes = 64 * 1024 * 1024;

export type WriteResult = 'accepted' | 'closed' | 'full';

export class StdinPipe {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #open = true;

  /** `fd`: a non-blocking write end that is ours alone. */
  constructor(
    private readonly fd: number,
    private readonly watch: WritableWatch,
  ) {}

  write(data: Uint8Array): WriteResult {
    if (!this.#open) return 'closed';
    // A single piece is never too much: it exists already.
    if (this.#pendingBytes > 0 && this.#pendingBytes + data.length > maxPendingBytes) return 'full';
    const idle = this.#pending.length === 0;
    this.#pending.push(data);
    this.#pendingBytes += data.length;
    if (idle) this.#writePending();
    return this.#open ? 'accepted' : 'closed';
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.watch.forgetWritable(this.fd);
    libc.close(this.fd);
  }

  #writePending(): void {
    for (let data = this.#pending[0]; data !== undefined; data = this.#pending[0]) {
      if (data.length === 0) {
        this.#pending.shift();
        continue;
      }
      const written = Number(libc.write(this.fd, ptr(data), BigInt(data.length)));
      if (written < 0) {
        this.#onWriteError(errno());
        return;
      }
      this.#pendingBytes -= written;
      if (written === data.length) this.#pending.shift();
      else this.#pending[0] = data.subarray(written);
    }
  }

  #onWriteError(number: number): void {
    if (number === E.EINTR) this.#writePending();
    else if (number === E.EAGAIN) this.watch.whenWritable(this.fd, () => this.#writeMore());
    // EPIPE: the child closed its end; whatever else it is, nothing more can get there.
    else this.close();
  }

  #writeMore(): void {
    if (this.#open) this.#writePending();
  }
}
