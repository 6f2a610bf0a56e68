// File descriptors that we were started with.
import { readdirSync } from 'node:fs';
import { checked } from './errno.ts';
import { cstring, libc } from './libc.ts';

const STDERR = 2;
const F_DUPFD_CLOEXEC = 1030;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const O_RDWR = 2;

/** Marks everything above stderr close-on-exec, so that no child inherits what our starter left open. */
export function keepDescriptorsFromChildren(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    // The directory's own descriptor is gone by now: EBADF is expected for it.
    if (fd > 2) libc.fcntl(fd, F_SETFD, BigInt(FD_CLOEXEC));
  }
}

/**
 * Makes the kernel's table of our descriptors large enough for `count`. It grows by itself, but whoever opens the one
 * that is too many then waits for 10 to 20 ms, as our threads share it. More than we may have is no failure.
 */
export function makeRoomForDescriptors(count: number): void {
  const fd = libc.fcntl(STDERR, F_DUPFD_CLOEXEC, BigInt(count));
  if (fd >= 0) libc.close(fd);
}

/** Lets the program that takes our place have it; a descriptor that is not open is no failure. */
export function keepOverExec(fd: number): void {
  libc.fcntl(fd, F_SETFD, 0n);
}

/** Points stdin, stdout and stderr at /dev/null, as a daemon's are. Throws SyscallError. */
export function detachStandardStreams(): void {
  const fd = checked(libc.open(cstring('/dev/null'), O_RDWR, 0), 'open', '/dev/null');
  for (const target of [0, 1, 2]) checked(libc.dup2(fd, target), 'dup2');
  if (fd > 2) libc.close(fd);
}
