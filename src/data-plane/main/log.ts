// The control plane's handle of a log that is open in the data plane.
import { SyscallError } from '../../linux/errno.ts';
import type { WorkerClient } from './worker-client.ts';

export class Log {
  constructor(
    readonly number: number,
    /** As it was given. */
    readonly path: string,
    /** The one that writes it. */
    readonly thread: WorkerClient,
  ) {}

  /** Whole lines, if others write to the same file. The bytes must not be changed afterwards. */
  write(data: string | Uint8Array): void {
    this.thread.write(this.number, data);
  }

  /** Removes the file and begins a new one. Throws SyscallError. */
  async clear(): Promise<void> {
    const errno = await this.thread.ask({ do: 'clearLog', log: this.number });
    if (errno !== 0) throw new SyscallError('unlink', errno, this.path);
  }

  /** Opens the path anew, after somebody renamed the file. Throws SyscallError. */
  async reopen(): Promise<void> {
    const errno = await this.thread.ask({ do: 'reopenLog', log: this.number });
    if (errno !== 0) throw new SyscallError('open', errno, this.path);
  }

  /** Begins a new file now, unless this one is empty. Throws SyscallError. */
  async rotate(): Promise<void> {
    const errno = await this.thread.ask({ do: 'rotateLog', log: this.number });
    if (errno !== 0) throw new SyscallError('rename', errno, this.path);
  }

  /** Resolves when everything handed over so far was written, or waits for a slow reader. */
  async written(): Promise<void> {
    await this.thread.ask({ do: 'ping' });
  }

  /** The file is closed when no stream writes to it any more. */
  release(): void {
    this.thread.send({ do: 'releaseLog', log: this.number });
  }
}
