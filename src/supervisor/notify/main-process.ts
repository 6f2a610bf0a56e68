// The main process of a program in place of its child, as named by MAINPID: a daemon that forks. Followed by pidfd.
import { E } from '../../linux/errno.ts';
import { errno, libc } from '../../linux/libc.ts';
import { exitStatusOf } from '../../linux/pidfd-info.ts';
import type { ProcessHandle } from '../../linux/process-handle.ts';
import { processStat } from '../../linux/process-stat.ts';
import { decodeWaitStatus, type ExitStatus } from '../../linux/wait.ts';
import type { Reaper } from '../child/reaper.ts';

/** Tells when a descriptor is readable, perhaps when it is not. */
export interface ReadableWatch {
  /** Calls back once. */
  whenReadable(fd: number, callback: () => void): void;
  /** Must precede close(fd). */
  forgetReadable(fd: number): void;
}

export interface MainProcessEvents {
  /** It has ended, but its pid is still its own unless another process has reaped it. */
  onExiting(): void;
  /** Called once, unless the process is released before. */
  onEnded(status: ExitStatus): void;
}

/** When the kernel does not tell how it ended: an exit that is not expected. */
const unknownStatus: ExitStatus = { kind: 'exited', code: 255 };

export class MainProcess {
  #isReleased = false;
  readonly #disown: () => void;

  /** Owns `handle`, which must have a descriptor. */
  constructor(
    private readonly handle: ProcessHandle,
    reaper: Reaper,
    private readonly watch: ReadableWatch,
    private readonly events: MainProcessEvents,
  ) {
    // It may become a child of the daemon only when its parent ends.
    this.#disown = reaper.adopt(handle.pid, {
      onExit: async (status) => this.#end(status),
      beforeReap: () => events.onExiting(),
      isThere: () => handle.isThere,
    });
    this.#watch();
  }

  get pid(): number {
    return this.handle.pid;
  }

  /** False once it has been reaped. */
  get isThere(): boolean {
    return !this.#isReleased && this.handle.isThere;
  }

  /** Signals it; or its process group, if it leads it or `child` does. Returns the errno of a failure, else null. */
  signal(number: number, target: 'process' | 'group', child: number): number | null {
    if (this.#isReleased) return null;
    const group = target === 'group' ? (processStat(this.pid)?.processGroup ?? 0) : 0;
    // It could have moved into the group of another program.
    const isItsOwn = group > 1 && (group === this.pid || group === child) && this.isThere;
    if (!isItsOwn) return this.handle.signal(number);
    const why = libc.kill(-group, number) === 0 ? 0 : errno();
    return why === 0 || why === E.ESRCH ? null : why;
  }

  /** Follows it no longer. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#disown();
    if (this.handle.fd !== null) this.watch.forgetReadable(this.handle.fd);
    this.handle.close();
  }

  /** Its descriptor is readable when it has ended. */
  #watch(): void {
    const { fd } = this.handle;
    if (fd !== null) this.watch.whenReadable(fd, () => this.#onExit(fd));
  }

  #onExit(fd: number): void {
    if (this.#isReleased) return;
    if (!this.handle.hasEnded) return this.#watch();
    const stat = this.handle.isThere ? processStat(this.pid) : null;
    // The reaper collects it.
    if (stat?.parent === process.pid) return;
    this.events.onExiting();
    const seen = stat === null ? exitStatusOf(fd) : decodeWaitStatus(stat.waitStatus);
    this.#end(seen ?? unknownStatus);
  }

  #end(status: ExitStatus): void {
    if (this.#isReleased) return;
    this.release();
    this.events.onEnded(status);
  }
}
