// One HTTP server: a listening socket and the connections it accepted. `admit` decides what is served.
import { type AcceptedSocket, ServedSocket } from '../linux/served-socket.ts';
import { type Clock, monotonicClock } from '../supervisor/clock.ts';
import { accessLogLine } from './access-log.ts';
import { Connection } from './connection.ts';
import type { ConnectionHost } from './connection-host.ts';
import { type ConnectionShare, stalest } from './connection-share.ts';
import { defaultLimits, type HttpLimits } from './limits.ts';
import type { Listener } from './listener.ts';
import { isOwn, type Peer, peerOf } from './peer.ts';
import { RepeatedWarning } from './repeated-warning.ts';
import type { Admit } from './router.ts';

export interface HttpLog {
  warn(message: string): void;
  error(message: string): void;
  trace(message: string): void;
}

export interface HttpServerOptions {
  readonly kind: 'unix' | 'inet';
  readonly admit: Admit;
  readonly log: HttpLog;
  /** The share of connections that it belongs to. */
  readonly share: ConnectionShare;
  /** A client was accepted and has a descriptor. */
  readonly onAccepted?: () => void;
  readonly limits?: HttpLimits;
  readonly clock?: Clock;
  /** The single user of the server, if it requires a password. */
  readonly user?: string | null;
  /** Unix sockets: users to serve besides root and our own user; all users if missing. */
  readonly allowedUids?: readonly number[] | null;
}

export class HttpServer {
  readonly #connections = new Set<Connection>();
  #bufferedBytes = 0;
  readonly #limits: HttpLimits;
  readonly #socket: ServedSocket<Connection | null>;
  readonly #strangers: RepeatedWarning;

  /** Serves from now on and takes ownership of the listener's descriptor. */
  constructor(
    private readonly listener: Listener,
    private readonly options: HttpServerOptions,
  ) {
    this.#limits = options.limits ?? defaultLimits;
    this.#strangers = new RepeatedWarning((message) => options.log.warn(message));
    this.#socket = new ServedSocket<Connection | null>(listener.fd, {
      open: (socket) => this.#accept(socket),
      data: (socket, bytes) => socket.data?.onData(bytes),
      drain: (socket) => socket.data?.onDrain(),
      end: (socket) => socket.data?.onEnd(),
      close: (socket) => socket.data?.onClose(),
    });
  }

  /** New clients wait in the kernel; connections without a whole request are closed. */
  pause(): void {
    this.#socket.pause();
    for (const connection of [...this.#connections]) if (connection.isReading) connection.close();
  }

  /** Throws SyscallError if no descriptor is free. */
  resume(): void {
    this.#socket.resume();
  }

  /** Stops accepting, completes current responses and closes; resolves when all connections are closed. */
  async stop(): Promise<void> {
    this.#socket.stop();
    this.listener.dispose();
    // Let pending promises deliver a response that became known in this turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    for (const connection of this.#connections) connection.closeWhenSent();
    const deadline = setTimeout(() => this.#abortAll(), this.#limits.lingerMs);
    await Promise.all([...this.#connections].map((connection) => connection.closed));
    clearTimeout(deadline);
    this.#strangers.stop();
  }

  #accept(socket: AcceptedSocket<Connection | null>): void {
    socket.data = null;
    const peer = peerOf(this.options.kind, socket, this.options.user ?? null);
    if (peer === null || !this.#isWelcome(peer)) {
      socket.terminate();
      return;
    }
    const { share } = this.options;
    if (!share.makeRoom(isOwn(peer))) {
      socket.terminate();
      return;
    }
    const connection = new Connection(socket, this.#hostFor(socket, peer));
    this.#connections.add(connection);
    share.add(connection);
    socket.data = connection;
    this.options.onAccepted?.();
  }

  #isWelcome(peer: Peer): boolean {
    const { allowedUids } = this.options;
    if (!allowedUids || peer.kind !== 'unix') return true;
    const { uid, pid } = peer;
    if (isOwn(peer) || allowedUids.includes(uid)) return true;
    this.#strangers.warn(
      `${this.listener.name}: turned away process ${pid} of user ${uid}, who is not among allowed_users`,
    );
    return false;
  }

  #hostFor(socket: AcceptedSocket<Connection | null>, peer: Peer): ConnectionHost {
    const address = socket.remoteAddress ? `${socket.remoteAddress}:${socket.remotePort}` : 'localhost:0';
    const { log, admit, share, clock = monotonicClock } = this.options;
    return {
      clock,
      limits: this.#limits,
      admit,
      peer,
      onBuffered: (change) => this.#onBuffered(change),
      onFinished: (line, status, bytes) => log.trace(accessLogLine(address, line, status, bytes)),
      onFailure: (error) => log.error(`${this.listener.name}:Server Error: ${describe(error)}`),
      onClosed: (connection) => {
        this.#connections.delete(connection);
        share.delete(connection);
      },
    };
  }

  #onBuffered(change: number): void {
    this.#bufferedBytes += change;
    if (change < 0) return;
    while (this.#bufferedBytes > this.#limits.bufferedBytes) {
      const holders = [...this.#connections].filter((connection) => connection.bufferedBytes > 0);
      const victim = stalest(holders);
      if (!victim) return;
      victim.abort();
    }
  }

  #abortAll(): void {
    for (const connection of this.#connections) connection.abort();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
