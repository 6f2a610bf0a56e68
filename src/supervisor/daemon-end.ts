// When the end of a process ends the daemon: exit_on_fatal, exit_on_end, exit_when_done. For containers and CI jobs, which
// notice an exit of the daemon, not one of its programs.
import type { DaemonContext } from './daemon-context.ts';
import { shellStatusOf } from './lifecycle/exit-status.ts';
import { isDown } from './lifecycle/process-state.ts';
import type { Process } from './process.ts';

/** Serialisable. */
export interface DaemonEndSnapshot {
  readonly firstFailure: number | null;
}

export class DaemonEnd {
  /** Exit status of the first process that ended for good and not as expected. */
  #firstFailure: number | null = null;
  /** Processes that run, or will without a request; those that wait for dependencies are not among them. */
  readonly #active = new Set<Process>();

  /** `end` stops everything and exits with that status. */
  constructor(
    private readonly daemon: DaemonContext,
    private readonly whenDone: boolean,
    private readonly end: (status: number) => void,
  ) {}

  follow(process: Process): void {
    const { exitOnFatal, exitOnEnd } = process.config.extensions;
    if (exitOnFatal || exitOnEnd) process.onTransition(() => this.#endWith(process));
    if (this.whenDone) process.onTransition(() => this.#endWhenDone(process));
  }

  snapshot(): DaemonEndSnapshot {
    return { firstFailure: this.#firstFailure };
  }

  /** Continues from a snapshot; `processes` are restored already. */
  restore({ firstFailure }: DaemonEndSnapshot, processes: readonly Process[]): void {
    this.#firstFailure = firstFailure;
    if (this.whenDone) for (const process of processes) this.#note(process);
  }

  #endWith(process: Process): void {
    if (process.life.startForbidden) return;
    const { exitOnFatal, exitOnEnd } = process.config.extensions;
    const { name, state } = process;
    if (exitOnFatal && state === 'FATAL') {
      this.#end(1, `${name} is FATAL and has exit_on_fatal=true: shutting down`);
    } else if (exitOnEnd && hasEnded(process)) {
      const status = statusOf(process);
      this.#end(
        status,
        `${name} has ended and has exit_on_end=true: shutting down with exit status ${status}`,
      );
    }
  }

  #endWhenDone(process: Process): void {
    this.#note(process);
    if (!hasEnded(process)) return;
    if (process.life.spawnError !== '') this.#firstFailure ??= statusOf(process);
    if (this.#active.size === 0) this.daemon.taskQueue.add(() => this.#endIfDone());
  }

  #note(process: Process): void {
    const isActive = !process.isWaiting && (process.goal.kind === 'restart' || !isDown(process.life.state));
    if (isActive) this.#active.add(process);
    else this.#active.delete(process);
  }

  /** What waited for the last end may start now. */
  #endIfDone(): void {
    const { dependencies, taskQueue } = this.daemon;
    if (this.#active.size > 0) return;
    if (dependencies.isBusy) {
      taskQueue.add(() => this.#endIfDone());
      return;
    }
    const status = this.#firstFailure ?? 0;
    this.#end(
      status,
      `nothing runs any more and exit_when_done=true: shutting down with exit status ${status}`,
    );
  }

  #end(status: number, message: string): void {
    this.daemon.log[status === 0 ? 'info' : 'critical'](message);
    this.end(status);
  }
}

/** Ended without being stopped, and stays down. */
function hasEnded({ life: { state, startForbidden }, goal }: Process): boolean {
  if (startForbidden || goal.kind === 'restart') return false;
  return state.name === 'FATAL' || (state.name === 'EXITED' && state.restartAt === null);
}

/** As of a shell; 1 for a process that failed without an exit code that says so. */
function statusOf({ state, lastExit }: Process): number {
  const status = lastExit === null ? 1 : shellStatusOf(lastExit);
  return state === 'FATAL' ? status || 1 : status;
}
