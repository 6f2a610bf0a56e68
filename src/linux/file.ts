// Raw file descriptors: open, read and write without a stream, for the workers.
import { fstatSync } from 'node:fs';
import { E, SyscallError } from './errno.ts';
import { isGuarding, openGuarded } from './guarded-file.ts';
import { cstring, errno, libc, ptr } from './libc.ts';
import {
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_RDWR,
  O_WRONLY,
} from './open-flags.ts';
import { openResolving, RESOLVE_CACHED, RESOLVE_NO_SYMLINKS } from './openat2.ts';

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const appendFlags = O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK;
const F_DUPFD_CLOEXEC = 1030;
const CLONE_FS = 0x200;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** Names of the process's own descriptors. Opening them fails with ENXIO for sockets, as under systemd. */
const ownDescriptor = /^\/(?:dev|proc\/self)\/fd\/(\d{1,7})$/;
const standardStreams: ReadonlyMap<string, number> = new Map([
  ['/dev/stdin', 0],
  ['/dev/stdout', 1],
  ['/dev/stderr', 2],
]);

/** Bytes with their address, which is looked up only once. */
export interface Memory {
  readonly bytes: Uint8Array;
  readonly address: number;
}

export function memoryOf(bytes: Uint8Array): Memory {
  return { bytes, address: bytes.length === 0 ? 0 : ptr(bytes) };
}

/**
 * Opens for appending; creates it with `mode` and the umask of this thread. Does not block on a FIFO without a reader;
 * anything but a regular file is non-blocking. `writer`: the uid, besides root, that may own a file in an untrusted
 * directory. Throws SyscallError, or UntrustedPath when it must not be opened.
 */
export function openAppend(path: string, mode = 0o666, writer: number | null = null): number {
  const standard = ownDescriptorOf(path);
  if (standard !== null) return openOwn(standard, path);
  const flags = O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK;
  try {
    return openGuarded(path, { flags: O_WRONLY | flags, mode, writer });
  } catch (error) {
    // ENXIO: a FIFO without a reader. Opened for reading and writing, it has one.
    if (!(error instanceof SyscallError && error.errno === E.ENXIO)) throw error;
    return openGuarded(path, { flags: O_RDWR | flags, mode, writer });
  }
}

/**
 * Like openAppend, but only if the lookup is cached, so that a stalled disk cannot block it (openat2(2),
 * RESOLVE_CACHED); else null, as on kernels before 5.12. As root only a regular file on a path without symbolic links
 * that no other user can have created; openAppend decides about anything else.
 */
export function openAppendCached(path: string, writer: number | null): number | null {
  if (!isGuarding()) return openResolving(path, appendFlags, RESOLVE_CACHED);
  const held = openResolving(path, O_PATH | O_NOFOLLOW, RESOLVE_CACHED | RESOLVE_NO_SYMLINKS);
  if (held === null) return null;
  try {
    const { nlink, uid, mode } = fstatSync(held);
    const isFile = (mode & S_IFMT) === S_IFREG;
    if (!isFile || nlink !== 1 || (uid !== 0 && uid !== writer)) return null;
    const fd = libc.open(ptr(cstring(`/proc/self/fd/${held}`)), appendFlags | O_CLOEXEC, 0);
    return fd < 0 ? null : fd;
  } finally {
    libc.close(held);
  }
}

/** The number of the process's own descriptor that `path` names (/dev/stdout, /dev/fd/3), or null. */
export function ownDescriptorOf(path: string): number | null {
  const number = standardStreams.get(path) ?? ownDescriptor.exec(path)?.[1];
  return number === undefined ? null : Number(number);
}

export function closeFile(fd: number): void {
  libc.close(fd);
}

/** Fills `memory`: returns the bytes read, 0 at EOF, or the negated errno. */
export function readInto(fd: number, memory: Memory): number {
  const count = Number(libc.read(fd, memory.address, BigInt(memory.bytes.length)));
  return count < 0 ? -errno() : count;
}

/** Writes memory[start, end): returns the bytes written, which may be fewer, or the negated errno. */
export function writeFrom(fd: number, memory: Memory, start: number, end: number): number {
  const count = Number(libc.write(fd, memory.address + start, BigInt(end - start)));
  return count < 0 ? -errno() : count;
}

/** writeFrom for a socket that may be in blocking mode: MSG_DONTWAIT, MSG_NOSIGNAL. */
export function sendFrom(fd: number, memory: Memory, start: number, end: number): number {
  const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  const count = Number(libc.sendto(fd, memory.address + start, BigInt(end - start), flags, null, 0));
  return count < 0 ? -errno() : count;
}

/** Truncates an open file; returns the errno, or 0. */
export function truncateFile(fd: number): number {
  return libc.ftruncate(fd, 0n) < 0 ? errno() : 0;
}

/**
 * Unshares umask and working directory of this thread (unshare(2), CLONE_FS), so that its umask does not affect files
 * that other threads create. Best effort: a sandbox may forbid it.
 */
export function ownDirectoryAndUmask(): void {
  libc.unshare(CLONE_FS);
}

/** The umask of this thread; umask(2) can read it only by setting it. */
export function currentUmask(): number {
  const mask = setUmask(0o077);
  setUmask(mask);
  return mask;
}

/** Sets the umask; returns the previous one. */
export function setUmask(mask: number): number {
  return libc.umask(mask);
}

/**
 * A pipe or terminal is opened again, because O_NONBLOCK applies to the open file description, which other processes
 * share. A regular file is duplicated, to keep the shared offset.
 */
function openOwn(fd: number, path: string): number {
  if (waitsForItsReader(fd)) {
    const flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    const opened = libc.open(cstring(`/proc/self/fd/${fd}`), flags, 0);
    if (opened >= 0) return opened;
  }
  const copy = libc.fcntl(fd, F_DUPFD_CLOEXEC, 3n);
  if (copy < 0) throw new SyscallError('open', errno(), path);
  return copy;
}

function waitsForItsReader(fd: number): boolean {
  try {
    const status = fstatSync(fd);
    return status.isFIFO() || status.isCharacterDevice();
  } catch {
    return false;
  }
}
