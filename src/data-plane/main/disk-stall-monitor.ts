// Reports a stalled disk: once when a worker's system call takes too long, and once when it has returned.

import { activeIntervalMs } from '../protocol/messages.ts';
import type { SharedIoState } from '../protocol/shared-io-state.ts';

/** A system call that takes longer counts as a stall. */
export const slowDiskMs = 5000;
/** Poll interval while a system call is in progress. */
const pollIntervalMs = 250;

export class DiskStallMonitor {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #droppedBytes = 0;
  /** The reported stall. */
  #reported: { readonly path: string; readonly since: number } | null = null;

  constructor(
    private readonly disk: SharedIoState,
    private readonly report: (message: string) => void,
  ) {}

  /** The worker is about to access a disk; it sends this at most every activeIntervalMs. */
  onActive(): void {
    this.#check();
    // If no further event comes, the worker may be stalled.
    this.#checkAfter(activeIntervalMs + pollIntervalMs);
  }

  /** Counts bytes that were dropped instead of sent to the worker. */
  dropped(bytes: number): void {
    this.#droppedBytes += bytes;
  }

  forget(): void {
    clearTimeout(this.#timer);
  }

  #checkAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), ms);
  }

  /** Polls only while a system call is in progress: an idle worker sends an event before the next one. */
  #check(): void {
    const waitingMs = this.disk.waitingMs ?? 0;
    if (this.#reported && waitingMs < slowDiskMs) {
      const seconds = Math.round((performance.now() - this.#reported.since) / 1000);
      this.report(
        `${this.#reported.path} answers again after ${seconds} seconds; ${this.#droppedBytes} bytes were dropped`,
      );
      this.#reported = null;
      this.#droppedBytes = 0;
    }
    if (!this.#reported && waitingMs >= slowDiskMs) {
      this.#reported = { path: this.disk.path, since: performance.now() - waitingMs };
      this.report(`${this.#reported.path} does not answer; what writes to its file system waits`);
    }
    if (waitingMs > 0) this.#checkAfter(pollIntervalMs);
  }
}
