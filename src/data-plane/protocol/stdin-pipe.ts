// The write end of a child's stdin: writes what fits and buffers the rest, in order, until the pipe is writable.
import { E } from '../../linux/errno.ts';
import { errno, libc, ptr } from '../../linux/libc.ts';

/** Waits for descriptors to become writable. */
export interface WritableWatch {
  /** Calls back once when `fd` is writable or its reader is gone. */
  whenWritable(fd: number, callback: () => void): void;
  /** Must precede close(fd). */
  forgetWritable(fd: number): void;
}

/** High watermark: beyond it writes are refused instead of filling the daemon's memory. */
const maxPendingBytes = 64 * 1024 * 1024;

export type WriteResult = 'accepted' | 'closed' | 'full';

/** Serialisable. */
export interface StdinPipeSnapshot {
  readonly fd: number;
  /** What the child has not taken yet, in Base64. */
  readonly pending: string;
}

export class StdinPipe {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #open = true;

  /** `fd`: a non-blocking write end, owned by this object. */
  constructor(
    private readonly fd: number,
    private readonly watch: WritableWatch,
  ) {}

  /** Owns the descriptor of the snapshot from then on; writes what is pending, at once or when it is writable. */
  static restore({ fd, pending }: StdinPipeSnapshot, watch: WritableWatch): StdinPipe {
    const pipe = new StdinPipe(fd, watch);
    if (pending !== '') pipe.write(Uint8Array.fromBase64(pending));
    return pipe;
  }

  /** Null when it is closed. It must not be used afterwards. */
  snapshot(): StdinPipeSnapshot | null {
    return this.#open ? { fd: this.fd, pending: Buffer.concat(this.#pending).toBase64() } : null;
  }

  write(data: Uint8Array): WriteResult {
    if (!this.#open) return 'closed';
    // A single piece is always accepted: it is in memory already.
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
    // EPIPE: the child has closed its end. After any other error nothing can be written either.
    else this.close();
  }

  #writeMore(): void {
    if (this.#open) this.#writePending();
  }
}
