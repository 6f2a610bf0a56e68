// Reaps exited children at SIGCHLD: the daemon's own and orphans that were reparented to it.

import type { ActivityLog } from '../../data-plane/main/activity-log.ts';
import { adoptOrphans } from '../../linux/process-tree.ts';
import { type ExitStatus, exitedChild, type ReapedChild, reapChild } from '../../linux/wait.ts';
import { describeExit } from '../lifecycle/exit-status.ts';

/** Resolves when the exit of the child has been processed. */
export type OnExit = (status: ExitStatus) => Promise<void>;

export interface Adoption {
  /** Called once, when it has been reaped. */
  readonly onExit: OnExit;
  /** Called before that, while its pid is still its own and that of its process group. */
  readonly beforeReap?: () => void;
  /** Only for a process that another one may reap: false once that has happened, when its pid may be another's. */
  readonly isThere?: () => boolean;
}

/**
 * The only caller of waitpid(2). The kernel does not reuse the pid of a child before it is reaped here, and a reaped child
 * is never signalled again, so no signal can reach an unrelated process. A main process (MAINPID) may be the child of
 * another process, which reaps it: its pid may be that of any other process afterwards, also of a child.
 */
export class Reaper {
  readonly #children = new Map<number, Adoption>();
  #adoptsOrphans = false;
  readonly #onSignal = () => this.#reapAtSignal();

  constructor(private readonly log: ActivityLog) {
    process.on('SIGCHLD', this.#onSignal);
    // A child inherited over an exec may have exited before the handler was installed.
    void this.reap();
  }

  /** Returns disown: the exit of that process, not of another with its pid, is nothing to the caller any more. */
  adopt(pid: number, adoption: Adoption): () => void {
    this.#children.set(pid, adoption);
    return () => {
      if (this.#children.get(pid) === adoption) this.#children.delete(pid);
    };
  }

  /** Whether what loses its parents, in any program, becomes a child of the daemon. As process 1 it has no choice. */
  adoptOrphans(wanted: boolean): void {
    if (wanted === this.#adoptsOrphans) return;
    adoptOrphans(wanted);
    this.#adoptsOrphans = wanted;
  }

  /** Whether the process of that pid is one that was adopted. */
  isAdopted(pid: number): boolean {
    return this.#adopted(pid) !== null;
  }

  /** Resolves when the exits of all have been processed. */
  async reap(): Promise<void> {
    const exits: Promise<void>[] = [];
    for (let pid = exitedChild(); pid !== null; pid = exitedChild()) {
      const adopted = this.#adopted(pid);
      adopted?.beforeReap?.();
      const child = reapChild(pid);
      if (child === null) break;
      this.#children.delete(pid);
      if (adopted) exits.push(adopted.onExit(child.status));
      else this.#logUnknown(child);
    }
    await Promise.all(exits);
  }

  #adopted(pid: number): Adoption | null {
    const adoption = this.#children.get(pid);
    return adoption && (adoption.isThere?.() ?? true) ? adoption : null;
  }

  /** Without the adoption of orphans, only a child that the daemon was started with is unknown. */
  #logUnknown({ pid, status }: ReapedChild): void {
    const level = this.#adoptsOrphans && process.pid !== 1 ? 'debug' : 'info';
    this.log[level](`reaped unknown pid ${pid} (${describeExit(status)})`);
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
