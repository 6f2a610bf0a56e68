// Hands listening descriptors to Bun's event loop. Bun.listen takes a descriptor, but its types do not say so.
import { checked } from './errno.ts';
import { libc } from './libc.ts';
import { duplicate } from './pipe.ts';

/** A connection that was accepted; the descriptor is Bun's, good for getsockopt(2) while it is open. */
export type AcceptedSocket<Data> = Bun.Socket<Data> & { readonly fd: number };

export interface SocketEvents<Data> {
  open(socket: AcceptedSocket<Data>): void;
  data(socket: AcceptedSocket<Data>, bytes: Uint8Array): void;
  /** The kernel takes bytes again. */
  drain(socket: AcceptedSocket<Data>): void;
  /** The other side sends no more, but may still read. */
  end(socket: AcceptedSocket<Data>): void;
  close(socket: AcceptedSocket<Data>): void;
}

/** Accepts connections on a listening descriptor, with pauses in which clients wait in the kernel. */
export class ServedSocket<Data> {
  #listener: { stop(): void } | null;

  /** Takes `fd` (bound, listening) over. */
  constructor(
    private readonly fd: number,
    private readonly events: SocketEvents<Data>,
  ) {
    const flags = checked(libc.fcntl(fd, F_GETFL, 0n), 'fcntl');
    checked(libc.fcntl(fd, F_SETFL, BigInt(flags | O_NONBLOCK)), 'fcntl');
    this.#listener = this.#listen();
  }

  /** Without a free descriptor accept(2) fails, and the event loop would try again without end. */
  pause(): void {
    this.#listener?.stop();
    this.#listener = null;
  }

  /** Throws SyscallError when no descriptor is free. */
  resume(): void {
    this.#listener ??= this.#listen();
  }

  /** Closes the socket, but no connection. */
  stop(): void {
    this.pause();
    libc.close(this.fd);
  }

  /** Bun closes the descriptor that it accepts on when it stops: it gets a copy. */
  #listen(): { stop(): void } {
    const fd = duplicate(this.fd);
    const options = { fd, allowHalfOpen: true, socket: { ...this.events, error: () => {} } };
    const listener = Bun.listen<Data>(options as unknown as Bun.UnixSocketOptions<Data>);
    return { stop: () => listener.stop(false) };
  }
}

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
