// Collects ended children the moment the kernel tells of them, ours and those that were left to us.

import type { ActivityLog } from '../data-plane/main/activity-log.ts';
import { type ExitStatus, reapChild } from '../linux/wait.ts';
import { describeExit } from './exit-status.ts';

/** Resolves when the end of the child has been told. */
export type OnExit = (status: ExitStatus) => Promise<void>;

/**
 * The only caller of waitpid. A pid stays a child's own until it was reaped here, and a child that was reaped
 * is never signalled again, so no signal can reach a stranger that got the same number.
 */
export class Reaper {
  readonly #children = new Map<number, OnExit>();
  readonly #onSignal = () => this.#reapAtSignal();

  constructor(private readonly log: ActivityLog) {
    process.on('SIGCHLD', this.#onSignal);
    // A child inherited over an exec may have ended before anybody listened.
    void this.reap();
  }

  /** `onExit` is called once, when the child was taken off the process table. */
  adopt(pid: number, onExit: OnExit): void {
    this.#children.set(pid, onExit);
  }

  /** Resolves when the ends of all have been told. */
  async reap(): Promise<void> {
    const told: Promise<void>[] = [];
    for (let child = reapChild(); child !== null; child = reapChild()) {
      const onExit = this.#children.get(child.pid);
      this.#children.delete(child.pid);
      if (onExit) told.push(onExit(child.status));
      else this.log.info(`reaped unknown pid ${child.pid} (${describeExit(child.status)})`);
    }
    await Promise.all(told);
  }

  /** The signal comes last in the log, as it always did. */
  async #reapAtSignal(): Promise<void> {
    await this.reap();
    this.log.debug('received SIGCHLD indicating a child quit');
  }

  stop(): void {
    process.off('SIGCHLD', this.#onSignal);
  }
}
