// The listening socket that all processes of a FastCGI group share as their stdin, reference-counted by the names of
// its holders: it is open while any of them runs.
import type { FastCgiGroupConfig } from '../../config/config.ts';
import { libc } from '../../linux/libc.ts';
import { listenTcp, listenUnix } from '../../linux/listening-socket.ts';

interface SocketLog {
  info(message: string): void;
}

/** Serialisable. */
export interface FastCgiSocketSnapshot {
  /** Null while nothing holds it. */
  readonly fd: number | null;
  readonly holders: readonly string[];
}

export class FastCgiSocket {
  #fd: number | null = null;
  readonly #holders = new Set<string>();

  constructor(
    private readonly config: FastCgiGroupConfig,
    private readonly log: SocketLog,
  ) {}

  snapshot(): FastCgiSocketSnapshot {
    return { fd: this.#fd, holders: [...this.#holders] };
  }

  /** Continues from the snapshot of a socket of the same configuration, before anything has acquired this one. */
  restore({ fd, holders }: FastCgiSocketSnapshot): void {
    this.#fd = fd;
    for (const holder of holders) this.#holders.add(holder);
  }

  /** The descriptor, created for the first holder. The caller must not close it. Throws SyscallError. */
  acquire(holder: string): number {
    this.#fd ??= this.#open();
    this.#holders.add(holder);
    return this.#fd;
  }

  /** Idempotent. Closed with the last holder; the path of a unix socket stays. */
  release(holder: string): void {
    this.#holders.delete(holder);
    if (this.#holders.size > 0 || this.#fd === null) return;
    this.log.info(`Closing socket ${this.config.socketUrl}`);
    libc.close(this.#fd);
    this.#fd = null;
  }

  #open(): number {
    const { socket, socketUrl, backlog } = this.config;
    this.log.info(`Creating socket ${socketUrl}`);
    return socket.kind === 'unix'
      ? listenUnix(socket, backlog ?? SOMAXCONN)
      : listenTcp(socket, backlog ?? SOMAXCONN);
  }
}

/** From <sys/socket.h>; the kernel caps it at net.core.somaxconn. */
const SOMAXCONN = 4096;
