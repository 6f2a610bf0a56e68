// Raw files: open, read and write without a stream in between, for the thread that carries log bytes.
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

/** Names of descriptors of our own. Opening them anew fails where they are sockets, as under systemd. */
const ownDescriptor = /^\/(?:dev|proc\/self)\/fd\/(\d{1,7})$/;
const standardStreams: ReadonlyMap<string, number> = new Map([
  ['/dev/stdin', 0],
  ['/dev/stdout', 1],
  ['/dev/stderr', 2],
]);

/** Bytes whose address was looked up once. */
export interface Memory {
  readonly bytes: Uint8Array;
  readonly address: number;
}

export function memoryOf(bytes: Uint8Array): Memory {
  return { bytes, address: bytes.length === 0 ? 0 : ptr(bytes) };
}

/**
 * Opens for appending; creates it with `mode` less the umask of this thread. Never waits for the reader of a FIFO,
 * and writing to what is no regular file does not wait either. `writer`: who else than root may own a file in a directory
 * that others can change. Throws SyscallError, UntrustedPath if it must not be opened.
 */
export function openAppend(path: string, mode = 0o666, writer: number | null = null): number {
  const standard = ownDescriptorOf(path);
  if (standard !== null) return openOwn(standard, path);
  const flags = O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK;
  try {
    return openGuarded(path, { flags: O_WRONLY | flags, mode, writer });
  } catch (error) {
    // A FIFO without a reader. Opened for both, it never is.
    if (!(error instanceof SyscallError && error.errno === E.ENXIO)) throw error;
    return openGuarded(path, { flags: O_RDWR | flags, mode, writer });
  }
}

/**
 * Opens a file for appending as openAppend does, but only if the kernel has it in memory, so that no disk is waited for
 * (openat2(2), RESOLVE_CACHED); null when that is not so, or on kernels before 5.12. As root only a regular file whose path
 * has no symbolic link at all, which no other user can have put there: anything else is openAppend's to judge.
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

/** The number of the descriptor of ours that `path` names (/dev/stdout, /dev/fd/3), or null. */
export function ownDescriptorOf(path: string): number | null {
  const number = standardStreams.get(path) ?? ownDescriptor.exec(path)?.[1];
  return number === undefined ? null : Number(number);
}

export function closeFile(fd: number): void {
  libc.close(fd);
}

/** Reads into `memory`, as much as it holds: bytes read, 0 at the end, or the negated error number. */
export function readInto(fd: number, memory: Memory): number {
  const count = Number(libc.read(fd, memory.address, BigInt(memory.bytes.length)));
  return count < 0 ? -errno() : count;
}

/** Writes memory[start, end): bytes written, perhaps fewer, or the negated error number. */
export function writeFrom(fd: number, memory: Memory, start: number, end: number): number {
  const count = Number(libc.write(fd, memory.address + start, BigInt(end - start)));
  return count < 0 ? -errno() : count;
}

/** writeFrom for a socket that others may have left in blocking mode: never waits, raises no SIGPIPE. */
export function sendFrom(fd: number, memory: Memory, start: number, end: number): number {
  const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  const count = Number(libc.sendto(fd, memory.address + start, BigInt(end - start), flags, null, 0));
  return count < 0 ? -errno() : count;
}

/** Empties an open file; the error number, or 0. */
export function truncateFile(fd: number): number {
  return libc.ftruncate(fd, 0n) < 0 ? errno() : 0;
}

/**
 * Makes umask and working directory this thread's own (unshare(2)), so that setting the one does not touch what other
 * threads create. Where a sandbox forbids it, we go without.
 */
export function ownDirectoryAndUmask(): void {
  libc.unshare(CLONE_FS);
}

/** The umask of this thread, which can be read only by setting it. */
export function currentUmask(): number {
  const mask = setUmask(0o077);
  setUmask(mask);
  return mask;
}

/** Sets it; what it was. */
export function setUmask(mask: number): number {
  return libc.umask(mask);
}

/**
 * A pipe or terminal is opened anew, since "do not wait" would otherwise hold for everybody who shares it with us.
 * A file keeps its one offset for all of them.
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
