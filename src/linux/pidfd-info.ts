// What the kernel tells about the process of a pidfd, also when it has been reaped: PIDFD_GET_INFO (pidfs).
import { libc } from './libc.ts';
import { decodeWaitStatus, type ExitStatus } from './wait.ts';

/**
 * The inode number of its cgroup (v2), which the kernel does not reuse while it runs. Null before Linux 6.13, and for a
 * reaped process before 6.15.
 */
export function cgroupNumberOf(pidfd: number): bigint | null {
  return ask(pidfd, PIDFD_INFO_CGROUPID)?.getBigUint64(CGROUP, true) ?? null;
}

/** How a reaped process exited. Null before Linux 6.15, and while it has not been reaped. */
export function exitStatusOf(pidfd: number): ExitStatus | null {
  const info = ask(pidfd, PIDFD_INFO_EXIT);
  return info && decodeWaitStatus(info.getInt32(EXIT_CODE, true));
}

/** _IOWR(0xff, 11, struct pidfd_info) with the size of its first version. */
const PIDFD_GET_INFO = 0xc040ff0bn;
const INFO_BYTES = 64;
const PIDFD_INFO_CGROUPID = 1n << 2n;
const PIDFD_INFO_EXIT = 1n << 3n;
/** Offsets in `struct pidfd_info`. */
const CGROUP = 8;
const EXIT_CODE = 60;

/** The kernel sets the bits of what it has filled in; of a reaped process that is nothing unless its exit is asked for. */
function ask(pidfd: number, what: bigint): DataView | null {
  const info = new DataView(new ArrayBuffer(INFO_BYTES));
  info.setBigUint64(0, PIDFD_INFO_EXIT | what, true);
  const failed = libc.ioctl(pidfd, PIDFD_GET_INFO, new Uint8Array(info.buffer)) < 0;
  return failed || (info.getBigUint64(0, true) & what) === 0n ? null : info;
}
