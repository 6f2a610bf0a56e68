// Descriptors that others read or write: calls back once when they are ready.

import type { WritableWatch } from '../protocol/stdin-pipe.ts';
import type { AdaptivePoller } from './adaptive-poller.ts';

export class DescriptorWatches {
  readonly #callbacks = new Map<number, () => void>();

  constructor(
    private readonly epoll: AdaptivePoller,
    private readonly event: 'readable' | 'writable',
  ) {}

  /** Best effort: a descriptor that cannot be watched is closed already and about to be forgotten. */
  watch(fd: number, callback: () => void): void {
    const failure =
      this.event === 'readable' ? this.epoll.watchReadableOnce(fd) : this.epoll.watchWritableOnce(fd);
    if (failure === 0) this.#callbacks.set(fd, callback);
  }

  forget(fd: number): void {
    if (this.#callbacks.delete(fd)) this.epoll.unwatch(fd);
  }

  /** Handles readiness. False when `fd` is not watched. */
  ready(fd: number): boolean {
    const callback = this.#callbacks.get(fd);
    this.#callbacks.delete(fd);
    callback?.();
    return callback !== undefined;
  }

  /** As the pipes of listeners' stdin use it. */
  asWritableWatch(): WritableWatch {
    return {
      whenWritable: (fd, callback) => this.watch(fd, callback),
      forgetWritable: (fd) => this.forget(fd),
    };
  }
}
