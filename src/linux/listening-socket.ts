// Listening stream sockets as bare file descriptors, to be handed to children. Close-on-exec, blocking.
import { lstatSync } from 'node:fs';
import { checked, E, SyscallError } from './errno.ts';
import { resolveIpv4 } from './ipv4-address.ts';
import { cstring, errno, libc, ptr } from './libc.ts';

export interface UnixSocketSpec {
  readonly path: string;
  readonly mode: number;
  /** -1 leaves the id as it is. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

export interface TcpSocketSpec {
  /** An IPv4 address or a name that has one. */
  readonly host: string;
  readonly port: number;
}

/** Listens at `path`; a socket that is there is replaced, any other file is not. Throws SyscallError. */
export function listenUnix({ path, mode, owner }: UnixSocketSpec, backlog: number): number {
  return opened(AF_UNIX, path, (fd) => {
    // The file has exactly these bits from its creation: by chmod somebody who may write to its directory could get them
    // for whatever file he links to there.
    checked(libc.fchmod(fd, mode), 'fchmod', path);
    const umask = libc.umask(0);
    try {
      bindReplacing(fd, path);
    } finally {
      libc.umask(umask);
    }
    try {
      checked(libc.lchown(cstring(path), owner.uid >>> 0, owner.gid >>> 0), 'chown', path);
      checked(libc.listen(fd, backlog), 'listen', path);
    } catch (error) {
      libc.unlink(cstring(path));
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

function bindReplacing(fd: number, path: string): void {
  const name = cstring(path);
  if (name.length > MAX_UNIX_PATH) throw new SyscallError('bind', E.ENAMETOOLONG, path);
  const address = socketAddress(AF_UNIX, name);
  if (libc.bind(fd, ptr(address), address.length) === 0) return;
  if (errno() === E.EADDRINUSE && isReplaceable(path)) checked(libc.unlink(name), 'unlink', path);
  checked(libc.bind(fd, ptr(address), address.length), 'bind', path);
}

/** What an earlier run left there, but nobody's data. */
function isReplaceable(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.isSocket() || found.isSymbolicLink());
}

function socketAddress(family: number, rest: Iterable<number>): Uint8Array {
  return Uint8Array.of(family, 0, ...rest);
}
