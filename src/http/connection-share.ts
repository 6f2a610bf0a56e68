// Descriptor budget for connections: all TCP servers share one, all unix sockets another, so that network clients
// cannot lock out local ones.
import { descriptorLimit, descriptorsToSpare } from '../linux/limits.ts';
import type { Connection } from './connection.ts';
import type { HttpLimits } from './limits.ts';

/** Throttles the counting of descriptors, which happens only with many connections. */
const checkIntervalMs = 100;

export class ConnectionShare {
  readonly #connections = new Set<Connection>();
  /** The limit as computed at `checkedAt` (performance.now()). */
  #max = 0;
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly limits: Pick<HttpLimits, 'connections' | 'ownConnections' | 'assuredConnections'>,
  ) {}

  get size(): number {
    return this.#connections.size;
  }

  /**
   * Whether there is room for another connection, if necessary after closing the one that is least missed. `isOwn`: of
   * root or the daemon's own user, who can connect when others have all connections and wait for replies.
   */
  makeRoom(isOwn: boolean): boolean {
    const max = this.#maxConnections() + (isOwn ? this.limits.ownConnections : 0);
    if (this.#connections.size < max) return true;
    // Never close a connection that is owed a reply.
    const candidates = [...this.#connections].filter((connection) => !connection.isAnswering);
    const idle = candidates.filter((connection) => connection.isIdle);
    const victim = stalest(idle.length > 0 ? idle : candidates);
    victim?.close();
    return victim !== null;
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
  }

  delete(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /** Half of the descriptors are reserved for programs. */
  #maxConnections(): number {
    const { connections } = this.limits;
    const { size } = this.#connections;
    const assured = this.#assured();
    if (size < assured) return connections;
    const now = performance.now();
    if (now - this.#checkedAt > checkIntervalMs) {
      this.#checkedAt = now;
      this.#max = Math.min(connections, Math.max(assured, size + descriptorsToSpare()));
    }
    return this.#max;
  }

  /**
   * Guaranteed even if half of the descriptors are in use: at most an eighth of them, which leaves room for the other
   * share.
   */
  #assured(): number {
    return Math.min(this.limits.assuredConnections, Math.floor(descriptorLimit() / 8));
  }
}

export function stalest(connections: readonly Connection[]): Connection | null {
  return connections.reduce<Connection | null>(
    (oldest, one) => (oldest === null || one.lastActive < oldest.lastActive ? one : oldest),
    null,
  );
}
