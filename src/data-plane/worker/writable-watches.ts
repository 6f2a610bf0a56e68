// Descriptors that were not writable: calls back once when they are.

import type { WritableWatch } from '../protocol/stdin-pipe.ts';
import type { AdaptivePoller } from './adaptive-poller.ts';

export class WritableWatches implements WritableWatch {
  readonly #callbacks = new Map<number, () => void>();

  constructor(private readonly epoll: AdaptivePoller) {}

  /** Best effort: a descriptor that cannot be watched is closed already and about to be forgotten. */
  whenWritable(fd: number, callback: () => void): void {
    if (this.epoll.watchWritableOnce(fd) === 0) this.#callbacks.set(fd, callback);
  }

  forgetWritable(fd: number): void {
    if (this.#callbacks.delete(fd)) this.epoll.unwatch(fd);
  }

  /** Handles readiness. False when `fd` is not watched. */
  writable(fd: number): boolean {
    const callback = this.#callbacks.get(fd);
    this.#callbacks.delete(fd);
    callback?.();
    return callback !== undefined;
  }
}
