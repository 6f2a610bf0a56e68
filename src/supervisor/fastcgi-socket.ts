// The listening socket that all processes of a FastCGI group share as their stdin: it exists while any of them
// needs it. It knows no processes, only the names of those that hold it.
import type { FastCgiGroupConfig } from '../config/config.ts';
import { libc } from '../linux/libc.ts';
import { listenTcp, listenUnix } from '../linux/listening-socket.ts';

interface SocketLog {
  info(message: string): void;
}

export class FastCgiSocket {
  #fd: number | null = null;
  readonly #holders = new Set<string>();

  constructor(
    private readonly config: FastCgiGroupConfig,
    private readonly log: SocketLog,
  ) {}

  /** The descriptor, made for the first holder. It stays ours: pass it on, do not close it. Throws SyscallError. */
  acquire(holder: string): number {
    this.#fd ??= this.#open();
    this.#holders.add(holder);
    return this.#fd;
  }

  /** Whoever does not hold it may say so as well. The last one closes it; the path of a unix socket stays. */
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

/** Of <sys/socket.h>; the kernel lowers it to net.core.somaxconn. */
const SOMAXCONN = 4096;
