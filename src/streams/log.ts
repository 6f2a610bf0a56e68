// The control plane's handle of a log that is open in the data plane.
import { SyscallError } from '../linux/errno.ts';
import type { Command } from './messages.ts';

type WithoutRequest<C> = C extends { readonly request: number } ? Omit<C, 'request'> : never;
/** A command that is answered. */
export type RequestCommand = WithoutRequest<Command>;

/** The way to the worker. */
export interface Asking {
  send(command: Command): void;
  /** The error number of the answer; 0 for none. */
  ask(command: RequestCommand): Promise<number>;
}

export class Log {
  constructor(
    readonly number: number,
    /** As it was given. */
    readonly path: string,
    private readonly worker: Asking,
  ) {}

  /** Whole lines, if others write to the same file. The bytes must not be changed afterwards. */
  write(data: string | Uint8Array): void {
    this.worker.send({ do: 'write', log: this.number, data });
  }

  /** Removes the file and begins a new one. Throws SyscallError. */
  async clear(): Promise<void> {
    const errno = await this.worker.ask({ do: 'clearLog', log: this.number });
    if (errno !== 0) throw new SyscallError('unlink', errno, this.path);
  }

  /** Opens the path anew, after somebody renamed the file. Throws SyscallError. */
  async reopen(): Promise<void> {
    const errno = await this.worker.ask({ do: 'reopenLog', log: this.number });
    if (errno !== 0) throw new SyscallError('open', errno, this.path);
  }

  /** Begins a new file now, unless this one is empty. Throws SyscallError. */
  async rotate(): Promise<void> {
    const errno = await this.worker.ask({ do: 'rotateLog', log: this.number });
    if (errno !== 0) throw new SyscallError('rename', errno, this.path);
  }

  /** The file is closed when no stream writes to it any more. */
  release(): void {
    this.worker.send({ do: 'releaseLog', log: this.number });
  }
}
