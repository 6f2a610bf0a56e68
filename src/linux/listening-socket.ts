// Listening stream sockets as bare descriptors, which children may get as stdin. Close-on-exec, blocking.
import { fstatSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Directory } from './directory.ts';
import { checked, E, SyscallError } from './errno.ts';
import { inDirectory } from './guarded-file.ts';
import type { ResolvedDirectory } from './guarded-path.ts';
import { resolveIpv4 } from './ipv4-address.ts';
import { cstring, errno, libc, ptr } from './libc.ts';

export interface UnixSocketSpec {
  readonly path: string;
  readonly mode: number;
  /** -1 keeps the id (chown(2)). */
  readonly owner: { readonly uid: number; readonly gid: number };
}

export interface TcpSocketSpec {
  /** An IPv4 address or a host name that has one. */
  readonly host: string;
  readonly port: number;
}

/**
 * Listens on `path`; replaces an existing socket, but no other file. Throws SyscallError, or UntrustedPath when a symbolic
 * link of another user leads there.
 */
export function listenUnix(spec: UnixSocketSpec, backlog: number): number {
  const path = resolve(spec.path);
  return inDirectory(dirname(path), (at) => listenIn(at, basename(path), spec, backlog));
}

function listenIn(
  { directory, untrusted }: ResolvedDirectory,
  name: string,
  { path, mode, owner }: UnixSocketSpec,
  backlog: number,
): number {
  return opened(AF_UNIX, path, (fd) => {
    // umask(2) sets the mode at creation. With a later chmod(2), a user who may write to the directory could replace
    // the socket by a link and change the mode of any file.
    checked(libc.fchmod(fd, mode), 'fchmod', path);
    const umask = libc.umask(0);
    try {
      if (cstring(path).length > MAX_UNIX_PATH) throw new SyscallError('bind', E.ENAMETOOLONG, path);
      // Bound by its configured path, which other tools show, where that path certainly leads to this directory.
      const address = untrusted === null ? path : `/proc/self/fd/${directory.fd}/${name}`;
      bindReplacing(fd, address, directory, name);
    } finally {
      libc.umask(umask);
    }
    try {
      changeOwner(owner, directory, name);
      checked(libc.listen(fd, backlog), 'listen', path);
    } catch (error) {
      directory.removeIfThere(name);
      throw error;
    }
  });
}

/** Listens on an IPv4 address. Throws SyscallError; EADDRNOTAVAIL for a name without an address. */
export function listenTcp({ host, port }: TcpSocketSpec, backlog: number): number {
  const subject = `${host}:${port}`;
  const ip = resolveIpv4(host);
  if (ip === null) throw new SyscallError('bind', E.EADDRNOTAVAIL, subject);
  const address = socketAddress(AF_INET, [port >> 8, port & 0xff, ...ip, ...new Uint8Array(8)]);
  return opened(AF_INET, subject, (fd) => {
    const on = Int32Array.of(1);
    checked(libc.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, ptr(on), on.byteLength), 'setsockopt', subject);
    checked(libc.bind(fd, ptr(address), address.length), 'bind', subject);
    checked(libc.listen(fd, backlog), 'listen', subject);
  });
}

const AF_UNIX = 1;
const AF_INET = 2;
const SOCK_STREAM_CLOEXEC = 1 | 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
/** Size of `sun_path`, with its NUL. */
const MAX_UNIX_PATH = 108;

function opened(family: number, subject: string, setUp: (fd: number) => void): number {
  const fd = checked(libc.socket(family, SOCK_STREAM_CLOEXEC, 0), 'socket', subject);
  try {
    setUp(fd);
    return fd;
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

function bindReplacing(fd: number, path: string, directory: Directory, name: string): void {
  const address = socketAddress(AF_UNIX, cstring(path));
  if (libc.bind(fd, ptr(address), address.length) === 0) return;
  if (errno() === E.EADDRINUSE && isReplaceable(directory, name)) directory.remove(name);
  checked(libc.bind(fd, ptr(address), address.length), 'bind', directory.pathOf(name));
}

/** Removes the socket of an earlier run, but no file with data. */
function isReplaceable(directory: Directory, name: string): boolean {
  const found = directory.statusOf(name);
  return found !== null && (found.isSocket() || found.isSymbolicLink());
}

/** By descriptor, and only the socket just created: another user may have replaced it. */
function changeOwner({ uid, gid }: UnixSocketSpec['owner'], directory: Directory, name: string): void {
  const path = directory.pathOf(name);
  const socket = directory.hold(name);
  if (socket === null) throw new SyscallError('chown', E.ENOENT, path);
  try {
    const found = fstatSync(socket);
    if (!found.isSocket() || found.nlink !== 1) throw new SyscallError('chown', E.EACCES, path);
    checked(libc.chown(ptr(cstring(`/proc/self/fd/${socket}`)), uid >>> 0, gid >>> 0), 'chown', path);
  } finally {
    libc.close(socket);
  }
}

function socketAddress(family: number, rest: Iterable<number>): Uint8Array {
  return Uint8Array.of(family, 0, ...rest);
}
