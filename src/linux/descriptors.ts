// The descriptor table of this process.
import { close, readdirSync } from 'node:fs';
import { checked } from './errno.ts';
import { cstring, libc } from './libc.ts';

const STDERR = 2;
const F_DUPFD_CLOEXEC = 1030;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const O_RDWR = 2;
const F_GETPIPE_SZ = 1032;

/** Marks everything above stderr close-on-exec, so that no child inherits a descriptor that the parent left open. */
export function keepDescriptorsFromChildren(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    // EBADF is expected for the descriptor of the directory listing, which is closed by now.
    if (fd > 2) libc.fcntl(fd, F_SETFD, BigInt(FD_CLOEXEC));
  }
}

/**
 * Grows the kernel's descriptor table to `count` in advance. It would grow by itself, but the open(2) that causes it
 * blocks for 10 to 20 ms (RCU), because threads share the table. Exceeding the limit is no failure.
 */
export function makeRoomForDescriptors(count: number): void {
  const fd = libc.fcntl(STDERR, F_DUPFD_CLOEXEC, BigInt(count));
  if (fd >= 0) libc.close(fd);
}

/** Clears close-on-exec, for the daemon's own exec; a descriptor that is not open is no failure. */
export function keepOverExec(fd: number): void {
  libc.fcntl(fd, F_SETFD, 0n);
}

/**
 * Closes a descriptor that another process has passed. A pipe is closed at once. Anything else may block (a socket that
 * lingers, a file of FUSE), so that the runtime's thread pool closes it; `onClosed` is called when it has.
 */
export function closePassed(fd: number, onClosed: () => void): 'closed' | 'pending' {
  if (libc.fcntl(fd, F_GETPIPE_SZ, 0n) >= 0) {
    libc.close(fd);
    return 'closed';
  }
  close(fd, onClosed);
  return 'pending';
}

/** Redirects stdin, stdout and stderr to /dev/null, for a daemon. Throws SyscallError. */
export function detachStandardStreams(): void {
  const fd = checked(libc.open(cstring('/dev/null'), O_RDWR, 0), 'open', '/dev/null');
  for (const target of [0, 1, 2]) checked(libc.dup2(fd, target), 'dup2');
  if (fd > 2) libc.close(fd);
}
