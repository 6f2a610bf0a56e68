// Pipes to and from children: pipe2(2).
import { checked } from './errno.ts';
import { libc, ptr } from './libc.ts';

/** Both ends are close-on-exec; the daemon's end is non-blocking, too. */
export interface Pipe {
  readonly readFd: number;
  readonly writeFd: number;
}

const O_CLOEXEC = 0o2000000;
const F_DUPFD_CLOEXEC = 1030;
const O_NONBLOCK = 0o4000;
const F_SETFL = 4;
const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;
const cells = new Int32Array(2);

/** `ours` is the daemon's end. Throws SyscallError (EMFILE, ENFILE). */
export function createPipe(ours: 'read' | 'write'): Pipe {
  checked(libc.pipe2(ptr(cells), O_CLOEXEC), 'pipe2');
  const pipe = { readFd: cells[0] ?? -1, writeFd: cells[1] ?? -1 };
  // O_NONBLOCK belongs to the open file description; the child's end has its own and stays blocking.
  checked(libc.fcntl(ours === 'read' ? pipe.readFd : pipe.writeFd, F_SETFL, BigInt(O_NONBLOCK)), 'fcntl');
  return pipe;
}

/** Duplicates a descriptor, close-on-exec. Throws SyscallError (EMFILE). */
export function duplicate(fd: number): number {
  return checked(libc.fcntl(fd, F_DUPFD_CLOEXEC, 3n), 'fcntl');
}

/** Its capacity in bytes; 64 KiB when the kernel does not return it. */
export function pipeCapacity(fd: number): number {
  const bytes = libc.fcntl(fd, F_GETPIPE_SZ, 0n);
  return bytes > 0 ? bytes : 65536;
}

/** Raises its capacity, best effort: the kernel limits it per user (pipe(7), pipe-user-pages-soft). */
export function enlargePipe(fd: number, bytes: number): void {
  libc.fcntl(fd, F_SETPIPE_SZ, BigInt(bytes));
}

export function closePipe({ readFd, writeFd }: Pipe): void {
  libc.close(readFd);
  libc.close(writeFd);
}
