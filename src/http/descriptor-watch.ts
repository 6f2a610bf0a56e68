// Sees to it that clients do not take the last descriptors, and that none are accepted without one.
import type { EventBus } from '../events/bus.ts';
import { freeDescriptors } from '../linux/limits.ts';
import type { HttpServer } from './server.ts';

/** What it needs to know of a server. */
export interface WatchedServer {
  readonly name: string;
  readonly kind: 'unix' | 'inet';
  readonly server: Pick<HttpServer, 'pause' | 'resume'>;
}

/** A server accepts while so many descriptors are free: TCP servers pause first, root's own way in stays open longer. */
const needed = { inet: 24, unix: 8 } as const;

/** From this many connections on, more descriptors may be taken at any time: by logs that clients follow. */
const manyConnections = 16;
const lookDelayMs = 1000;

export class DescriptorWatch {
  readonly #servers: WatchedServer[] = [];
  readonly #paused = new Set<WatchedServer>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #unsubscribe = () => {};

  constructor(
    /** Of all clients. */
    private readonly connections: () => number,
    private readonly log: { warn(message: string): void; info(message: string): void },
  ) {}

  add(server: WatchedServer): void {
    this.#servers.push(server);
  }

  /** Programs take descriptors when they are started. */
  begin(bus: EventBus): void {
    this.#unsubscribe = bus.subscribe(['PROCESS_STATE'], () => this.lookSoon());
    this.lookSoon();
  }

  stop(): void {
    this.#unsubscribe();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Something has taken descriptors. */
  lookSoon(): void {
    this.#timer ??= setTimeout(() => this.#look(), lookDelayMs);
  }

  #look(): void {
    this.#timer = null;
    const free = freeDescriptors();
    for (const watched of this.#servers) {
      if (free < needed[watched.kind]) this.#pause(watched, free);
      else if (this.#paused.has(watched)) this.#resume(watched);
    }
    if (this.#paused.size > 0 || this.connections() >= manyConnections) this.lookSoon();
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
      // They are taken again: at the next look.
      return;
    }
    this.#paused.delete(watched);
    this.log.info(`${watched.name}: clients are accepted again`);
  }
}
