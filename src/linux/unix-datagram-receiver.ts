// Receives datagrams on a bound unix socket, with the identity of each sender: unix(7), recvmsg(2). Never blocks.
import { checked, E, SyscallError } from './errno.ts';
import { errno, libc, ptr } from './libc.ts';
import { textOrEmpty } from './text-or-empty.ts';
import { socketAddress } from './unix-datagram.ts';

/** The kernel's word for the sender; the pid may belong to another process by now unless `pidfd` shows that it lives. */
export interface DatagramSender {
  /** 0 for a process outside this PID namespace. */
  readonly pid: number;
  readonly uid: number;
  /** Close-on-exec; the caller closes it. Null before Linux 6.5, and for a reaped sender before Linux 6.16. */
  readonly pidfd: number | null;
}

export interface Datagram {
  /** Valid until the next `receive`. Null when it was longer than `maxDatagramBytes`. */
  readonly data: Uint8Array | null;
  /** Null when the kernel had no room for it. */
  readonly sender: DatagramSender | null;
  /** Passed along, close-on-exec; the caller closes them. */
  readonly descriptors: readonly number[];
}

export const maxDatagramBytes = 4096;

export class UnixDatagramReceiver {
  readonly fd: number;
  /** Whether the kernel passes a pidfd of every sender that it knows. */
  readonly hasPidfds: boolean;
  /** How many datagrams can wait: a sender blocks beyond that. */
  readonly capacity = queueLength() + 1;

  /** Creates the socket file `path`. Throws SyscallError. */
  constructor(path: string) {
    const address = socketAddress(path);
    this.fd = checked(libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), 'socket', path);
    try {
      checked(setOption(this.fd, SO_PASSCRED), 'setsockopt', path);
      // Linux 6.5; without it a sender is known by its pid alone.
      this.hasPidfds = setOption(this.fd, SO_PASSPIDFD) === 0;
      checked(libc.bind(this.fd, ptr(address), address.length), 'bind', path);
    } catch (error) {
      libc.close(this.fd);
      throw error;
    }
  }

  /** The next datagram; null when none waits. Throws SyscallError. */
  receive(): Datagram | null {
    const received = receiveInto(this.fd);
    if (received < 0) {
      const failure = errno();
      if (failure === E.EAGAIN || failure === E.EINTR) return null;
      throw new SyscallError('recvmsg', failure);
    }
    const { sender, descriptors } = controlMessages();
    const isWhole = (header.getInt32(FLAGS, true) & MSG_TRUNC) === 0;
    return { data: isWhole ? data.subarray(0, received) : null, sender, descriptors };
  }

  close(): void {
    libc.close(this.fd);
  }
}

/** Of sockets that are created now. */
function queueLength(): number {
  return Number(textOrEmpty('/proc/sys/net/unix/max_dgram_qlen')) || defaultQueueLength;
}

const defaultQueueLength = 10;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const SOL_SOCKET = 1;
const SO_PASSCRED = 16;
const SO_PASSPIDFD = 76;
const SCM_RIGHTS = 1;
const SCM_CREDENTIALS = 2;
const SCM_PIDFD = 4;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;
const MSG_CMSG_CLOEXEC = 0x40000000;
/** `struct msghdr`, `struct iovec` and `struct cmsghdr` on 64-bit Linux. */
const MSGHDR_BYTES = 56;
const CONTROL_LENGTH = 40;
const FLAGS = 48;
const IOVEC_BYTES = 16;
const CMSGHDR_BYTES = 16;
/** The most descriptors of one message (SCM_MAX_FD). The pidfd comes after them: without room for all it would be lost. */
const maxDescriptors = 253;
const controlBytes = [12, maxDescriptors * 4, 4].reduce((sum, bytes) => sum + spaceOf(bytes), 0);

/**
 * One piece of memory, which points into itself. Shared by all receivers: a datagram is used before the next is
 * received.
 */
const memory = new ArrayBuffer(MSGHDR_BYTES + IOVEC_BYTES + controlBytes + maxDatagramBytes);
const header = new DataView(memory, 0, MSGHDR_BYTES + IOVEC_BYTES);
const control = new DataView(memory, header.byteLength, controlBytes);
const data = new Uint8Array(memory, control.byteOffset + controlBytes);
const address = ptr(memory);
header.setBigUint64(16, BigInt(address + MSGHDR_BYTES), true);
header.setBigUint64(24, 1n, true);
header.setBigUint64(32, BigInt(address + control.byteOffset), true);
header.setBigUint64(MSGHDR_BYTES, BigInt(address + data.byteOffset), true);
header.setBigUint64(MSGHDR_BYTES + 8, BigInt(data.length), true);

function setOption(fd: number, option: number): number {
  const on = Int32Array.of(1);
  return libc.setsockopt(fd, SOL_SOCKET, option, ptr(on), on.byteLength);
}

function receiveInto(fd: number): number {
  header.setBigUint64(CONTROL_LENGTH, BigInt(controlBytes), true);
  header.setInt32(FLAGS, 0, true);
  return Number(libc.recvmsg(fd, address, MSG_DONTWAIT | MSG_CMSG_CLOEXEC));
}

function controlMessages(): Pick<Datagram, 'sender' | 'descriptors'> {
  const end = Number(header.getBigUint64(CONTROL_LENGTH, true));
  let credentials: { readonly pid: number; readonly uid: number } | null = null;
  let pidfd: number | null = null;
  const descriptors: number[] = [];
  for (let start = 0; start + CMSGHDR_BYTES <= end; ) {
    const length = Number(control.getBigUint64(start, true));
    const type = control.getInt32(start + 12, true);
    const body = start + CMSGHDR_BYTES;
    if (type === SCM_CREDENTIALS)
      credentials = { pid: control.getInt32(body, true), uid: control.getUint32(body + 4, true) };
    // A negative number is the errno of a pidfd that could not be made.
    if (type === SCM_PIDFD) pidfd = nonNegative(control.getInt32(body, true));
    if (type === SCM_RIGHTS)
      for (let at = body; at < start + length; at += 4) descriptors.push(control.getInt32(at, true));
    start += spaceOf(length - CMSGHDR_BYTES);
  }
  return { sender: credentials && { ...credentials, pidfd }, descriptors };
}

function nonNegative(number: number): number | null {
  return number >= 0 ? number : null;
}

/** CMSG_SPACE of cmsg(3). */
function spaceOf(bytes: number): number {
  return CMSGHDR_BYTES + Math.ceil(bytes / 8) * 8;
}
