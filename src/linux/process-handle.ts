// A process by descriptor (pidfd_open(2)): a signal reaches that process or none, even after it has exited and its pid
// was reused.
import { E } from './errno.ts';
import { errno, libc, ptr } from './libc.ts';

export class ProcessHandle {
  /** `fd`: a pidfd, which it owns. Null before Linux 5.3 or when descriptors run out: then the pid is used. */
  constructor(
    readonly pid: number,
    readonly fd: number | null,
  ) {}

  /** The caller closes it. Null when there is no such process. */
  static open(pid: number): ProcessHandle | null {
    const fd = Number(libc.syscall(pidfdOpen, BigInt(pid), 0n, 0n, 0n));
    if (fd >= 0) return new ProcessHandle(pid, fd);
    return errno() === E.ESRCH ? null : new ProcessHandle(pid, null);
  }

  /** Returns the errno of a failure, else null; ESRCH is no failure. */
  signal(number: number): number | null {
    const why = this.#kill(number);
    return why === 0 || why === E.ESRCH ? null : why;
  }

  /** False once it has been reaped: what /proc says about the pid is about another process. A zombie is there. */
  get isThere(): boolean {
    return this.#kill(0) !== E.ESRCH;
  }

  /** Whether it has ended with all its threads, also when it has not been reaped. */
  get hasEnded(): boolean {
    if (this.fd === null) return !this.isThere;
    return libc.poll(ptr(Int32Array.of(this.fd, POLLIN)), 1n, 0) > 0;
  }

  close(): void {
    if (this.fd !== null) libc.close(this.fd);
  }

  #kill(number: number): number {
    const result =
      this.fd === null
        ? libc.kill(this.pid, number)
        : Number(libc.syscall(pidfdSendSignal, BigInt(this.fd), BigInt(number), 0n, 0n));
    return result === 0 ? 0 : errno();
  }
}

const POLLIN = 1;
/** The same on every architecture. */
const pidfdSendSignal = 424n;
const pidfdOpen = 434n;

/**
 * Signals those of `pids` that `members` returns. It is called after each is pinned by a descriptor, so that a process
 * that reuses the pid of a member is not signalled.
 */
export function signalMembers(
  pids: readonly number[],
  number: number,
  members: () => ReadonlySet<number>,
): void {
  for (let start = 0; start < pids.length; start += heldAtOnce) {
    const handles = pids.slice(start, start + heldAtOnce).flatMap((pid) => ProcessHandle.open(pid) ?? []);
    try {
      const present = members();
      for (const handle of handles) if (present.has(handle.pid)) handle.signal(number);
    } finally {
      for (const handle of handles) handle.close();
    }
  }
}

const heldAtOnce = 64;
