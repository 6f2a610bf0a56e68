// Collects ended children the moment the kernel tells of them, ours and those that were left to us.

import type { ActivityLog } from '../data-plane/main/activity-log.ts';
import { type ExitStatus, reapChild } from '../linux/wait.ts';
import { describeExit } from './exit-status.ts';

export type OnExit = (status: ExitStatus) => void;

/**
 * The only caller of waitpid. A pid stays a child's own until it was reaped here, and a child that was reaped
 * is never signalled again, so no signal can reach a stranger that got the same number.
 */
export class Reaper {
  readonly #children = new Map<number, OnExit>();
  readonly #onSignal = () => this.reap();

  constructor(private readonly log: ActivityLog) {
    process.on('SIGCHLD', this.#onSignal);
    // A child inherited over an exec may have ended before anybody listened.
    this.reap();
  }

  /** `onExit` is called once, when the child was taken off the process table. */
  adopt(pid: number, onExit: OnExit): void {
    this.#children.set(pid, onExit);
  }

  reap(): void {
    for (let child = reapChild(); child !== null; child = reapChild()) {
      const onExit = this.#children.get(child.pid);
      this.#children.delete(child.pid);
      if (onExit) onExit(child.status);
      else this.log.info(`reaped unknown pid ${child.pid} (${describeExit(child.status)})`);
    }
  }

  stop(): void {
    process.off('SIGCHLD', this.#onSignal);
  }
}
