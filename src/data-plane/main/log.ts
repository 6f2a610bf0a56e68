// The main thread's handle of a log that a worker has open.
import { SyscallError } from '../../linux/errno.ts';
import type { WorkerClient } from './worker-client.ts';

/** Serialisable. */
export interface LogSnapshot {
  /** Index of its worker. */
  readonly worker: number;
  readonly number: number;
  readonly path: string;
}

export class Log {
  constructor(
    readonly number: number,
    /** As configured, not resolved. */
    readonly path: string,
    /** The worker that writes it. */
    readonly thread: WorkerClient,
  ) {}

  /** Write whole lines when other writers share the file. The caller must not change the bytes afterwards. */
  write(data: string | Uint8Array): void {
    this.thread.write(this.number, data);
  }

  /** Removes the file and creates a new one. Throws SyscallError. */
  async clear(): Promise<void> {
    const errno = await this.thread.ask({ do: 'clearLog', log: this.number });
    if (errno !== 0) throw new SyscallError('unlink', errno, this.path);
  }

  /** Reopens the path, after the file was renamed. Throws SyscallError. */
  async reopen(): Promise<void> {
    const errno = await this.thread.ask({ do: 'reopenLog', log: this.number });
    if (errno !== 0) throw new SyscallError('open', errno, this.path);
  }

  /** Rotates now, unless the file is empty. Throws SyscallError. */
  async rotate(): Promise<void> {
    const errno = await this.thread.ask({ do: 'rotateLog', log: this.number });
    if (errno !== 0) throw new SyscallError('rename', errno, this.path);
  }

  /** Resolves when all data so far is written, or buffered for a slow reader. */
  async written(): Promise<void> {
    await this.thread.ask({ do: 'ping' });
  }

  snapshot(): LogSnapshot {
    return { worker: this.thread.index, number: this.number, path: this.path };
  }

  /** Drops this reference; the file is closed with the last one. */
  release(): void {
    this.thread.send({ do: 'releaseLog', log: this.number });
  }
}
