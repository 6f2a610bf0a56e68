// Prevents clients from using up the last descriptors, and accepting without a free one.
import type { EventBus } from '../events/bus.ts';
import { freeDescriptors } from '../linux/limits.ts';
import type { HttpServer } from './server.ts';

/** The server interface it needs. */
export interface WatchedServer {
  readonly name: string;
  readonly kind: 'unix' | 'inet';
  readonly server: Pick<HttpServer, 'pause' | 'resume'>;
}

/**
 * A server accepts while this many descriptors are free: TCP servers pause first, so that root can still connect.
 * Programs leave more than that (leavingDescriptors), so that only clients themselves can shut it.
 */
const needed = { inet: 24, unix: 4 } as const;

/** With more connections than this, followed logs may take further descriptors at any time. */
const manyConnections = 16;
const checkDelayMs = 1000;

export class DescriptorWatch {
  readonly #servers: WatchedServer[] = [];
  readonly #paused = new Set<WatchedServer>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #unsubscribe = () => {};

  constructor(
    /** Connections of all servers. */
    private readonly connections: () => number,
    private readonly log: { warn(message: string): void; info(message: string): void },
  ) {}

  add(server: WatchedServer): void {
    this.#servers.push(server);
  }

  /** Starting programs takes descriptors. */
  begin(bus: EventBus): void {
    this.#unsubscribe = bus.subscribe(['PROCESS_STATE'], () => this.checkSoon());
    this.checkSoon();
  }

  stop(): void {
    this.#unsubscribe();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Call after taking descriptors. */
  checkSoon(): void {
    this.#timer ??= setTimeout(() => this.#check(), checkDelayMs);
  }

  #check(): void {
    this.#timer = null;
    const free = freeDescriptors();
    for (const watched of this.#servers) {
      if (free < needed[watched.kind]) this.#pause(watched, free);
      else if (this.#paused.has(watched)) this.#resume(watched);
    }
    if (this.#paused.size > 0 || this.connections() >= manyConnections) this.checkSoon();
  }

  #pause(watched: WatchedServer, free: number): void {
    if (this.#paused.has(watched)) return;
    this.#paused.add(watched);
    watched.server.pause();
    this.log.warn(
      `${watched.name}: no clients are accepted while only ${free} file descriptors are free; raise minfds or LimitNOFILE`,
    );
  }

  #resume(watched: WatchedServer): void {
    try {
      watched.server.resume();
    } catch {
      // Taken again meanwhile; the next check retries.
      return;
    }
    this.#paused.delete(watched);
    this.log.info(`${watched.name}: clients are accepted again`);
  }
}
