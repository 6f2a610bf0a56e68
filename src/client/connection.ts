// One connection to a server: bytes in and out, and the reason of a failure. Knows nothing of HTTP.
import type { Socket } from 'bun';
import { isSystemError } from '../linux/system-error.ts';
import type { ServerAddress } from './server-address.ts';

/** Why a connection failed or broke: `code` is the name of the errno, or `ENOTFOUND` for a host. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  constructor(readonly code: string) {
    super(code);
  }
}

export interface ConnectionListener {
  onData(bytes: Uint8Array): void;
  /** Called once, but not after `close`. Null when the server closed it in an orderly way. */
  onClose(error: ConnectionError | null): void;
}

/** Connects; rejects with ConnectionError. */
export async function connect(address: ServerAddress, listener: ConnectionListener): Promise<Connection> {
  const connection = new Connection(listener);
  const socket = connection.handlers;
  try {
    if (address.kind === 'unix') await Bun.connect({ unix: address.path, socket });
    else await Bun.connect({ hostname: address.host, port: address.port, socket });
  } catch (error) {
    throw new ConnectionError(errorCode(error));
  }
  return connection;
}

/** An open connection. */
export class Connection {
  #socket: Socket | null = null;
  /** Bytes not written yet. */
  #unsent: Uint8Array = new Uint8Array(0);
  #closed = false;
  #error: ConnectionError | null = null;
  readonly handlers;

  constructor(listener: ConnectionListener) {
    this.handlers = {
      open: (socket: Socket) => {
        this.#socket = socket;
      },
      data: (_: Socket, bytes: Uint8Array) => {
        if (!this.#closed) listener.onData(bytes);
      },
      drain: () => this.#flush(),
      error: (_: Socket, error: Error) => {
        this.#error = new ConnectionError(errorCode(error));
      },
      close: (_: Socket, error?: Error) => {
        if (this.#closed) return;
        this.#closed = true;
        listener.onClose(this.#error ?? (error ? new ConnectionError(errorCode(error)) : null));
      },
    };
  }

  get open(): boolean {
    return !this.#closed;
  }

  /** Writes buffered bytes whenever the socket is writable. */
  send(text: string): void {
    this.#unsent = Buffer.concat([this.#unsent, Buffer.from(text)]);
    this.#flush();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.end();
    // end() would stay half-open until the server closes its side, too.
    this.#socket?.unref();
  }

  #flush(): void {
    if (this.#closed || !this.#socket || this.#unsent.length === 0) return;
    const sent = this.#socket.write(this.#unsent);
    if (sent > 0) this.#unsent = this.#unsent.subarray(sent);
  }
}

function errorCode(error: unknown): string {
  return isSystemError(error) ? error.code : 'EIO';
}
