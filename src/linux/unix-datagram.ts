// Sends datagrams, with descriptors, over unix sockets: unix(7), sendmsg(2). Non-blocking; never receives.
import { checked, E, SyscallError } from './errno.ts';
import { errno, libc, ptr } from './libc.ts';

export class UnixDatagramSender {
  readonly #fd = checked(libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0), 'socket');
  readonly #address: Uint8Array;

  /**
   * `address`: an absolute path, or `@name` for the abstract namespace. Throws SyscallError, or RangeError for an address
   * that is neither.
   */
  constructor(address: string) {
    this.#address = socketAddress(address);
  }

  /** The kernel duplicates the descriptors. Returns 0 or the errno (EAGAIN: the receiver's buffer is full). */
  send(data: Uint8Array, descriptors: readonly number[] = []): number {
    // Ancillary data needs at least one byte of data.
    const bytes = data.length === 0 ? Uint8Array.of(0) : data;
    const vector = BigUint64Array.of(BigInt(ptr(bytes)), BigInt(data.length));
    const control = descriptors.length === 0 ? null : rights(descriptors);
    // Keeps references to what only C points at, so that it is not collected before the call returns.
    const pinned = [bytes, vector, control];
    const header = new DataView(new ArrayBuffer(MSGHDR_BYTES));
    header.setBigUint64(0, BigInt(ptr(this.#address)), true);
    header.setUint32(8, this.#address.length, true);
    header.setBigUint64(16, BigInt(ptr(vector)), true);
    header.setBigUint64(24, 1n, true);
    if (control) {
      header.setBigUint64(32, BigInt(ptr(control)), true);
      header.setBigUint64(40, BigInt(control.length), true);
    }
    const sent = Number(libc.sendmsg(this.#fd, ptr(header.buffer), MSG_DONTWAIT | MSG_NOSIGNAL));
    const failure = sent < 0 ? errno() : 0;
    pinned.length = 0;
    return failure;
  }

  close(): void {
    libc.close(this.#fd);
  }
}

/** A descriptor connected to `address`; writable when the receiver takes more. Throws like the constructor. */
export function connectDatagrams(address: string): number {
  const name = socketAddress(address);
  const fd = checked(libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0), 'socket');
  const failure = libc.connect(fd, ptr(name), name.length) < 0 ? errno() : 0;
  if (failure === 0) return fd;
  libc.close(fd);
  throw new SyscallError('connect', failure, address);
}

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
/** Size of `struct msghdr` and of the header of a control message on 64-bit Linux. */
const MSGHDR_BYTES = 56;
const CMSGHDR_BYTES = 16;
/** Size of `sun_path`, which holds the NUL after a path. */
export const MAX_ADDRESS_BYTES = 108;

/**
 * `struct sockaddr_un`. An abstract name is not NUL-terminated: every byte counts. Throws SyscallError for an address that
 * is too long, RangeError for one that is neither an absolute path nor abstract.
 */
export function socketAddress(address: string): Uint8Array {
  const abstract = address.startsWith('@');
  if (!abstract && !address.startsWith('/'))
    throw new RangeError(`'${address}' is neither an absolute path nor an abstract name (@name)`);
  const name = Buffer.from(abstract ? `\0${address.slice(1)}` : `${address}\0`);
  if (name.length > MAX_ADDRESS_BYTES) throw new SyscallError('bind or connect', E.ENAMETOOLONG, address);
  return Uint8Array.of(AF_UNIX, 0, ...name);
}

/** A control message; its length counts the header and the descriptors, its space is a multiple of 8. */
function rights(descriptors: readonly number[]): Uint8Array {
  const length = CMSGHDR_BYTES + descriptors.length * 4;
  const message = new DataView(new ArrayBuffer(Math.ceil(length / 8) * 8));
  message.setBigUint64(0, BigInt(length), true);
  message.setInt32(8, SOL_SOCKET, true);
  message.setInt32(12, SCM_RIGHTS, true);
  descriptors.forEach((fd, index) => {
    message.setInt32(CMSGHDR_BYTES + index * 4, fd, true);
  });
  return new Uint8Array(message.buffer);
}
