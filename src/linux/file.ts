// Raw files: open, read and write without a stream in between, for the thread that carries log bytes.
import { fstatSync } from 'node:fs';
import { checked, E, SyscallError } from './errno.ts';
import { cstring, errno, libc, ptr } from './libc.ts';

const O_WRONLY = 1;
const O_RDWR = 2;
const O_CREAT = 0o100;
const O_NOCTTY = 0o400;
const O_APPEND = 0o2000;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
/** The same number on every architecture. */
const SYS_openat2 = 437n;
const AT_FDCWD = BigInt.asUintN(64, -100n);
const RESOLVE_CACHED = 0x20n;
/** `struct open_how`: flags, mode, resolve. */
const openHow = BigUint64Array.of(0n, 0n, RESOLVE_CACHED);
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
 * and writing to what is no regular file does not wait either. Throws SyscallError.
 */
export function openAppend(path: string, mode = 0o666): number {
  const standard = ownDescriptorOf(path);
  if (standard !== null) return openOwn(standard, path);
  const name = cstring(path);
  const flags = O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  const fd = libc.open(ptr(name), O_WRONLY | flags, mode);
  // ENXIO: a FIFO without a reader. Opened for both, it never is.
  const opened = fd < 0 && errno() === E.ENXIO ? libc.open(ptr(name), O_RDWR | flags, mode) : fd;
  return checked(opened, 'open', path);
}

/**
 * Opens a file for appending as openAppend does, but only if the kernel has it in memory, so that no disk is waited for
 * (openat2(2), RESOLVE_CACHED); null when that is not so, or on kernels before 5.12.
 */
export function openAppendCached(path: string): number | null {
  const flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  openHow[0] = BigInt(flags);
  const name = cstring(path);
  const fd = Number(libc.syscall(SYS_openat2, AT_FDCWD, ptr(name), ptr(openHow), openHow.byteLength));
  return fd < 0 ? null : fd;
}

/** The number of the descriptor of ours that `path` names (/dev/stdout, /dev/fd/3), or null. */
export function ownDescriptorOf(path: string): number | null {
  const number = standardStreams.get(path) ?? ownDescriptor.exec(path)?.[1];
  return number === undefined ? null : Number(number);
}

/** A descriptor that keeps the file in being, whatever becomes of its names; null when there is none. */
export function holdFile(path: string): number | null {
  const fd = libc.open(ptr(cstring(path)), O_PATH | O_CLOEXEC, 0);
  return fd < 0 ? null : fd;
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
