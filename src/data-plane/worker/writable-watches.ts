// Descriptors that could not be written when somebody tried: each is told of once, when it can be.

import type { WritableWatch } from '../protocol/stdin-pipe.ts';
import type { AdaptivePoller } from './adaptive-poller.ts';

export class WritableWatches implements WritableWatch {
  readonly #callbacks = new Map<number, () => void>();

  constructor(private readonly epoll: AdaptivePoller) {}

  /** A descriptor that cannot be watched was closed already, and is about to be forgotten. */
  whenWritable(fd: number, callback: () => void): void {
    if (this.epoll.watchWritableOnce(fd) === 0) this.#callbacks.set(fd, callback);
  }

  forgetWritable(fd: number): void {
    if (this.#callbacks.delete(fd)) this.epoll.unwatch(fd);
  }

  /** False when `fd` is none of them. */
  writable(fd: number): boolean {
    const callback = this.#callbacks.get(fd);
    this.#callbacks.delete(fd);
    callback?.();
    return callback !== undefined;
  }
}
