// What a connection needs of its socket and of its server.
import type { Clock } from '../supervisor/clock.ts';
import type { Connection } from './connection.ts';
import type { HttpLimits } from './limits.ts';
import type { Peer } from './peer.ts';
import type { Admit } from './router.ts';
import type { Sink } from './write-queue.ts';

export interface ConnectionSocket extends Sink {
  /** Half-closes: no more is sent, but what was sent still arrives. */
  shutdown(): void;
  end(): void;
  terminate(): void;
  pause(): void;
  resume(): void;
}

export interface ConnectionHost {
  readonly limits: HttpLimits;
  readonly clock: Clock;
  readonly admit: Admit;
  readonly peer: Peer;
  /** Reports buffered bytes; may abort connections, including this one. */
  onBuffered(change: number): void;
  onFinished(requestLine: string, status: number, bytes: number): void;
  onFailure(error: unknown): void;
  onClosed(connection: Connection): void;
}
