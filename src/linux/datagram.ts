// Unix datagrams: socket(AF_UNIX, SOCK_DGRAM), sendto(2).
import { checked } from './errno.ts';
import { errno, libc, ptr } from './libc.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_FLAGS = 0o2000000 | 0o4000; // close-on-exec, non-blocking
const MSG_NOSIGNAL = 0x4000;

/** An address that datagrams are sent to; whether somebody listens there shows when one is sent. */
export class DatagramSender {
  readonly #fd = checked(libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_FLAGS, 0), 'socket');
  readonly #address: Buffer;

  /** `path`: at most 107 bytes. Throws SyscallError when there is no descriptor left. */
  constructor(path: string) {
    // struct sockaddr_un: family in the machine's byte order, then the path with its NUL.
    this.#address = Buffer.from(`\0\0${path}\0`);
    this.#address.writeUInt16LE(AF_UNIX);
  }

  /** Sends at once or not at all: 0, or the error number (ENOENT, ECONNREFUSED, EAGAIN, EMSGSIZE). */
  send(message: Uint8Array): number {
    const size = BigInt(message.length);
    const sent = libc.sendto(
      this.#fd,
      ptr(message),
      size,
      MSG_NOSIGNAL,
      ptr(this.#address),
      this.#address.length,
    );
    return Number(sent) < 0 ? errno() : 0;
  }
}
