// Raw files: open, write and size without a stream in between.
import { checked, E } from './errno.ts';
import { cstring, errno, libc, ptr } from './libc.ts';

const O_WRONLY = 1;
const O_RDWR = 2;
const O_CREAT = 0o100;
const O_APPEND = 0o2000;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const F_DUPFD_CLOEXEC = 1030;

/** Names of our own stdout and stderr. Opening them anew fails where they are sockets, as under systemd. */
const standardStreams: Readonly<Record<string, number>> = {
  '/dev/stdout': 1,
  '/dev/fd/1': 1,
  '/proc/self/fd/1': 1,
  '/dev/stderr': 2,
  '/dev/fd/2': 2,
  '/proc/self/fd/2': 2,
};

/** Opens for appending, creating it with 0666 less the umask. Never waits for the reader of a FIFO. Throws SyscallError. */
export function openAppend(path: string): number {
  const standard = standardStreams[path];
  if (standard !== undefined) return checked(libc.fcntl(standard, F_DUPFD_CLOEXEC, 3n), 'fcntl', path);
  const name = cstring(path);
  const flags = O_CREAT | O_APPEND | O_CLOEXEC;
  const fd = libc.open(ptr(name), O_WRONLY | O_NONBLOCK | flags, 0o666);
  // ENXIO: a FIFO without a reader. Opened for both, it never is.
  const opened = fd < 0 && errno() === E.ENXIO ? libc.open(ptr(name), O_RDWR | flags, 0o666) : fd;
  return checked(opened, 'open', path);
}

export function isStandardStream(path: string): boolean {
  return Object.hasOwn(standardStreams, path);
}

/** Writes all of it; the error number when that failed, and how far it got. */
export function writeAll(fd: number, pointer: number, length: number): { written: number; errno: number } {
  let written = 0;
  while (written < length) {
    const count = Number(libc.write(fd, pointer + written, BigInt(length - written)));
    if (count >= 0) {
      written += count;
      continue;
    }
    const why = errno();
    if (why !== E.EINTR) return { written, errno: why };
  }
  return { written, errno: 0 };
}
