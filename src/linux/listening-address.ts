// The address of an inherited listening descriptor: getsockname(2), socket(7).
import { errno, libc, ptr } from './libc.ts';

export type ListeningAddress =
  | { readonly kind: 'unix'; readonly path: string }
  /** `host`: an address, IPv6 without brackets. */
  | { readonly kind: 'inet'; readonly host: string; readonly port: number };

/** Null unless it is a listening stream socket of these families. An abstract name begins with `@`. */
export function listeningAddress(fd: number): ListeningAddress | null {
  if (option(fd, SO_TYPE) !== SOCK_STREAM || option(fd, SO_ACCEPTCONN) !== 1) return null;
  const bytes = Buffer.alloc(ADDRESS_BYTES);
  const length = Uint32Array.of(ADDRESS_BYTES);
  if (libc.getsockname(fd, ptr(bytes), ptr(length)) < 0) return null;
  const address = bytes.subarray(0, length[0]);
  switch (address.readUInt16LE(0)) {
    case AF_UNIX:
      return { kind: 'unix', path: unixPath(address.subarray(2)) };
    case AF_INET:
      return { kind: 'inet', host: address.subarray(4, 8).join('.'), port: address.readUInt16BE(2) };
    case AF_INET6:
      return { kind: 'inet', host: ipv6(address.subarray(8, 24)), port: address.readUInt16BE(2) };
    default:
      return null;
  }
}

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const SOL_SOCKET = 1;
const SO_TYPE = 3;
const SO_ACCEPTCONN = 30;
const SOCK_STREAM = 1;
/** Size of `struct sockaddr_storage`. */
const ADDRESS_BYTES = 128;

/** Null when it is no socket. */
function option(fd: number, name: number): number | null {
  const value = Int32Array.of(0);
  const length = Uint32Array.of(value.byteLength);
  const failed = libc.getsockopt(fd, SOL_SOCKET, name, ptr(value), ptr(length)) < 0 && errno() !== 0;
  return failed ? null : (value[0] ?? null);
}

function unixPath(bytes: Buffer): string {
  if (bytes[0] === 0) return `@${bytes.toString('utf8', 1)}`;
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

/** The URL parser shortens it to the canonical form. */
function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
