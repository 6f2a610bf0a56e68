// A disk that does not answer a data thread: told once when that lasts, and once when it answers again.

import { activeIntervalMs } from '../protocol/messages.ts';
import type { SharedIoState } from '../protocol/shared-io-state.ts';

/** A disk that needs longer is told of. */
export const slowDiskMs = 5000;
/** How often it is looked whether it answers again. */
const lookIntervalMs = 250;

export class DiskStallMonitor {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #droppedBytes = 0;
  /** The file that was told not to answer. */
  #told: { readonly path: string; readonly since: number } | null = null;

  constructor(
    private readonly disk: SharedIoState,
    private readonly tell: (message: string) => void,
  ) {}

  /** The thread is about to ask something of a disk, as it tells at most every activeIntervalMs. */
  mayBegin(): void {
    this.#look();
    // If it tells nothing more, that may be because it cannot.
    this.#lookAfter(activeIntervalMs + lookIntervalMs);
  }

  /** Bytes that were not even handed to the thread. */
  dropped(bytes: number): void {
    this.#droppedBytes += bytes;
  }

  forget(): void {
    clearTimeout(this.#timer);
  }

  #lookAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  /** Only while the thread is busy with a disk: one that sleeps tells before it begins again. */
  #look(): void {
    const waitingMs = this.disk.waitingMs ?? 0;
    if (this.#told && waitingMs < slowDiskMs) {
      const seconds = Math.round((performance.now() - this.#told.since) / 1000);
      this.tell(
        `${this.#told.path} answers again after ${seconds} seconds; ${this.#droppedBytes} bytes were dropped`,
      );
      this.#told = null;
      this.#droppedBytes = 0;
    }
    if (!this.#told && waitingMs >= slowDiskMs) {
      this.#told = { path: this.disk.path, since: performance.now() - waitingMs };
      this.tell(`${this.#told.path} does not answer; whoever writes to its file system waits`);
    }
    if (waitingMs > 0) this.#lookAfter(lookIntervalMs);
  }
}
