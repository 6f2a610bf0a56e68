// Hands listening descriptors to Bun's event loop. Bun.listen takes a descriptor, but its types do not say so.
import { checked } from './errno.ts';
import { libc } from './libc.ts';

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

/** Accepts connections on `fd` (bound, listening) and takes it over. Returns how to stop: closes `fd`, no connection. */
export function serveListeningSocket<Data>(fd: number, events: SocketEvents<Data>): () => void {
  const flags = checked(libc.fcntl(fd, F_GETFL, 0n), 'fcntl');
  checked(libc.fcntl(fd, F_SETFL, BigInt(flags | O_NONBLOCK)), 'fcntl');
  const options = { fd, allowHalfOpen: true, socket: { ...events, error: () => {} } };
  const listener = Bun.listen<Data>(options as unknown as Bun.UnixSocketOptions<Data>);
  return () => listener.stop(false);
}

const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
