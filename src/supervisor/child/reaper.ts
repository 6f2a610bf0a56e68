// Reaps exited children at SIGCHLD: the daemon's own and orphans that were reparented to it.

import type { ActivityLog } from '../../data-plane/main/activity-log.ts';
import { type ExitStatus, exitedChild, reapChild } from '../../linux/wait.ts';
import { describeExit } from '../lifecycle/exit-status.ts';

/** Resolves when the exit of the child has been processed. */
export type OnExit = (status: ExitStatus) => Promise<void>;

interface Adopted {
  readonly onExit: OnExit;
  readonly beforeReap: () => void;
}

/**
 * The only caller of waitpid(2). The kernel does not reuse a pid before it is reaped here, and a reaped child is never
 * signalled again, so no signal can reach an unrelated process.
 */
export class Reaper {
  readonly #children = new Map<number, Adopted>();
  readonly #onSignal = () => this.#reapAtSignal();

  constructor(private readonly log: ActivityLog) {
    process.on('SIGCHLD', this.#onSignal);
    // A child inherited over an exec may have exited before the handler was installed.
    void this.reap();
  }

  /**
   * `onExit` is called once, when the child has been reaped; `beforeReap` before that, while its pid is still its own
   * and that of its process group.
   */
  adopt(pid: number, onExit: OnExit, beforeReap: () => void = () => {}): void {
    this.#children.set(pid, { onExit, beforeReap });
  }

  /** Whether a child of that pid is one that was adopted. */
  isAdopted(pid: number): boolean {
    return this.#children.has(pid);
  }

  /** Its exit is nothing to its adopter any more. */
  disown(pid: number): void {
    this.#children.delete(pid);
  }

  /** Resolves when the exits of all have been processed. */
  async reap(): Promise<void> {
    const exits: Promise<void>[] = [];
    for (let pid = exitedChild(); pid !== null; pid = exitedChild()) {
      const adopted = this.#children.get(pid);
      adopted?.beforeReap();
      const child = reapChild(pid);
      if (child === null) break;
      this.#children.delete(pid);
      if (adopted) exits.push(adopted.onExit(child.status));
      else this.log.info(`reaped unknown pid ${child.pid} (${describeExit(child.status)})`);
    }
    await Promise.all(exits);
  }

  /** The signal is logged after the exits, as in the original. */
  async #reapAtSignal(): Promise<void> {
    await this.reap();
    this.log.debug('received SIGCHLD indicating a child quit');
  }

  stop(): void {
    process.off('SIGCHLD', this.#onSignal);
  }
}
