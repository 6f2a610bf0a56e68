// One HTTP server: a listening socket and the connections it accepted. What is served is `admit`'s business.
import { descriptorsToSpare } from '../linux/limits.ts';
import { type AcceptedSocket, serveListeningSocket } from '../linux/served-socket.ts';
import { accessLogLine } from './access-log.ts';
import { Connection, type ConnectionHost } from './connection.ts';
import { defaultLimits, type HttpLimits } from './limits.ts';
import type { Listener } from './listener.ts';
import { type Peer, peerOf } from './peer.ts';
import type { Admit } from './router.ts';

export interface HttpLog {
  warn(message: string): void;
  error(message: string): void;
  trace(message: string): void;
}

export interface HttpServerOptions {
  readonly admit: Admit;
  readonly log: HttpLog;
  readonly limits?: HttpLimits;
  /** The one user of the server, where it asks for a password. */
  readonly user?: string | null;
  /** Of a unix socket: whom to serve beside root and our own user; everybody unless given. */
  readonly allowedUids?: readonly number[] | null;
}

/** How often descriptors are counted, at most; only while there are many connections. */
const LOOK_INTERVAL_MS = 100;

export class HttpServer {
  readonly #connections = new Set<Connection>();
  #heldBytes = 0;
  readonly #limits: HttpLimits;
  /** As it was found at `lookedAt`, on the clock of performance.now(). */
  #most = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  readonly #stopAccepting: () => void;

  /** Serves from now on and takes the listener's descriptor over. */
  constructor(
    private readonly listener: Listener,
    private readonly options: HttpServerOptions,
  ) {
    this.#limits = options.limits ?? defaultLimits;
    this.#stopAccepting = serveListeningSocket<Connection | null>(listener.fd, {
      open: (socket) => this.#accept(socket),
      data: (socket, bytes) => socket.data?.onData(bytes),
      drain: (socket) => socket.data?.onDrain(),
      end: (socket) => socket.data?.onEnd(),
      close: (socket) => socket.data?.onClose(),
    });
  }

  /** Accepts nobody any more, sends what is being sent and closes; resolves when all are gone. */
  async stop(): Promise<void> {
    this.#stopAccepting();
    this.listener.dispose();
    // An answer that became known in this very turn is on its way through promises.
    await new Promise((resolve) => setImmediate(resolve));
    for (const connection of this.#connections) connection.closeWhenSent();
    const deadline = setTimeout(() => this.#abortAll(), this.#limits.lingerMs);
    await Promise.all([...this.#connections].map((connection) => connection.closed));
    clearTimeout(deadline);
  }

  #accept(socket: AcceptedSocket<Connection | null>): void {
    socket.data = null;
    const peer = peerOf(socket, this.options.user ?? null);
    if (!this.#isWelcome(peer)) {
      socket.terminate();
      return;
    }
    if (this.#connections.size >= this.#mostConnections() && !this.#makeRoom()) {
      socket.terminate();
      return;
    }
    const connection = new Connection(socket, this.#hostFor(socket, peer));
    this.#connections.add(connection);
    socket.data = connection;
  }

  #isWelcome(peer: Peer): boolean {
    const { allowedUids, log } = this.options;
    if (!allowedUids || peer.kind !== 'unix') return true;
    const { uid, pid } = peer;
    if (uid === 0 || uid === process.getuid?.() || allowedUids.includes(uid)) return true;
    log.warn(
      `${this.listener.name}: turned away process ${pid} of user ${uid}, who is not among allowed_users`,
    );
    return false;
  }

  #hostFor(socket: AcceptedSocket<Connection | null>, peer: Peer): ConnectionHost {
    const address = socket.remoteAddress ? `${socket.remoteAddress}:${socket.remotePort}` : 'localhost:0';
    const { log, admit } = this.options;
    return {
      limits: this.#limits,
      admit,
      peer,
      onHeld: (change) => this.#onHeld(change),
      onFinished: (line, status, bytes) => log.trace(accessLogLine(address, line, status, bytes)),
      onFailure: (error) => log.error(`${this.listener.name}:Server Error: ${describe(error)}`),
      onClosed: (connection) => this.#connections.delete(connection),
    };
  }

  /** Programs need descriptors too: half of them are theirs. */
  #mostConnections(): number {
    const { connections, assuredConnections } = this.#limits;
    const { size } = this.#connections;
    if (size < assuredConnections) return connections;
    const now = performance.now();
    if (now - this.#lookedAt > LOOK_INTERVAL_MS) {
      this.#lookedAt = now;
      this.#most = Math.min(connections, Math.max(assuredConnections, size + descriptorsToSpare()));
    }
    return this.#most;
  }

  /** Closes the connection that will be missed least; false when each has an answer coming. */
  #makeRoom(): boolean {
    const candidates = [...this.#connections].filter((connection) => !connection.isAnswering);
    const idle = candidates.filter((connection) => connection.isIdle);
    const victim = stalest(idle.length > 0 ? idle : candidates);
    victim?.close();
    return victim !== null;
  }

  #onHeld(change: number): void {
    this.#heldBytes += change;
    if (change < 0) return;
    while (this.#heldBytes > this.#limits.heldBytes) {
      const holders = [...this.#connections].filter((connection) => connection.heldBytes > 0);
      const victim = stalest(holders);
      if (!victim) return;
      victim.abort();
    }
  }

  #abortAll(): void {
    for (const connection of this.#connections) connection.abort();
  }
}

function stalest(connections: readonly Connection[]): Connection | null {
  return connections.reduce<Connection | null>(
    (oldest, one) => (oldest === null || one.lastActive < oldest.lastActive ? one : oldest),
    null,
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
