// Passes listening descriptors to Bun's event loop. Bun.listen accepts a descriptor, but its types do not declare it.
import { checked } from './errno.ts';
import { libc } from './libc.ts';
import { duplicate } from './pipe.ts';

/** An accepted connection; Bun owns the descriptor, which is valid for getsockopt(2) while it is open. */
export type AcceptedSocket<Data> = Bun.Socket<Data> & { readonly fd: number };

export interface SocketEvents<Data> {
  open(socket: AcceptedSocket<Data>): void;
  data(socket: AcceptedSocket<Data>, bytes: Uint8Array): void;
  /** The socket is writable again. */
  drain(socket: AcceptedSocket<Data>): void;
  /** Half-open: the peer has shut down writing, but may still read. */
  end(socket: AcceptedSocket<Data>): void;
  close(socket: AcceptedSocket<Data>): void;
}

/** Accepts connections on a listening descriptor; while paused, clients wait in the kernel's backlog. */
export class ServedSocket<Data> {
  #listener: { stop(): void } | null;

  /** Owns `fd` (bound, listening) from then on. */
  constructor(
    private readonly fd: number,
    private readonly events: SocketEvents<Data>,
  ) {
    const flags = checked(libc.fcntl(fd, F_GETFL, 0n), 'fcntl');
    checked(libc.fcntl(fd, F_SETFL, BigInt(flags | O_NONBLOCK)), 'fcntl');
    this.#listener = this.#listen();
  }

  /** Without a free descriptor accept(2) fails, and the level-triggered event loop would retry without end. */
  pause(): void {
    this.#listener?.stop();
    this.#listener = null;
  }

  /** Throws SyscallError when no descriptor is free. */
  resume(): void {
    this.#listener ??= this.#listen();
  }

  /** Closes the listening socket; connections stay open. */
  stop(): void {
    this.pause();
    libc.close(this.fd);
  }

  /** Bun closes its listening descriptor when it stops, so it gets a duplicate. */
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
