// A process by a descriptor (pidfd_open(2)): what is sent to it reaches that process or nothing, even when it has ended
// and its pid belongs to another one.
import { E } from './errno.ts';
import { errno, libc } from './libc.ts';

export class ProcessHandle {
  private constructor(
    readonly pid: number,
    /** Null where the kernel has no such descriptors (before Linux 5.3), or we may have no more: the pid has to do then. */
    private readonly fd: number | null,
  ) {}

  /** To be closed; null when there is no such process. */
  static open(pid: number): ProcessHandle | null {
    const fd = Number(libc.syscall(pidfdOpen, BigInt(pid), 0n, 0n, 0n));
    if (fd >= 0) return new ProcessHandle(pid, fd);
    return errno() === E.ESRCH ? null : new ProcessHandle(pid, null);
  }

  /** The error number when that failed; a process that has ended is no failure. */
  signal(number: number): number | null {
    const result =
      this.fd === null
        ? libc.kill(this.pid, number)
        : Number(libc.syscall(pidfdSendSignal, BigInt(this.fd), BigInt(number), 0n, 0n));
    if (result === 0) return null;
    const why = errno();
    return why === E.ESRCH ? null : why;
  }

  close(): void {
    if (this.fd !== null) libc.close(this.fd);
  }
}

/** The same on every architecture. */
const pidfdSendSignal = 424n;
const pidfdOpen = 434n;

/**
 * Sends a signal to those of `pids` that `members` names: it is asked when each is held by a descriptor, so that none
 * is reached that got the pid of a member later.
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
