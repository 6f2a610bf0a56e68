// The connections of all servers of one kind: TCP servers have one share of the descriptors together, unix sockets
// another, so that clients from the network keep none out on the machine itself.
import { descriptorLimit, descriptorsToSpare } from '../linux/limits.ts';
import type { Connection } from './connection.ts';
import type { HttpLimits } from './limits.ts';

/** How often descriptors are counted, at most; only while there are many connections. */
const lookIntervalMs = 100;

export class ConnectionShare {
  readonly #connections = new Set<Connection>();
  /** As it was found at `lookedAt`, on the clock of performance.now(). */
  #most = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly limits: Pick<HttpLimits, 'connections' | 'assuredConnections'>) {}

  get size(): number {
    return this.#connections.size;
  }

  /** Whether there is room for another one, if need be in the place of one that is missed least. */
  makeRoom(): boolean {
    if (this.#connections.size < this.#maxConnections()) return true;
    // With an answer coming it is never closed.
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

  /** Programs need descriptors too: half of them are theirs. */
  #maxConnections(): number {
    const { connections } = this.limits;
    const { size } = this.#connections;
    const assured = this.#assured();
    if (size < assured) return connections;
    const now = performance.now();
    if (now - this.#lookedAt > lookIntervalMs) {
      this.#lookedAt = now;
      this.#most = Math.min(connections, Math.max(assured, size + descriptorsToSpare()));
    }
    return this.#most;
  }

  /** Also when half of the descriptors are in use: an eighth of them at most, which leaves room for the other share. */
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
