// The order in which several processes stop: each after those that depend on it, or stop with it, have stopped.
import type { Dependencies, Target } from '../../config/dependencies.ts';
import type { Process } from '../process.ts';

/** Stops one process; called when it is its turn. */
export type StopOne = (process: Process) => void | Promise<void>;

/**
 * Stops each process with `stop` when it is its turn. The caller calls the returned function for each, without waiting
 * between them.
 */
export function inStopOrder(
  processes: ReadonlySet<Process>,
  dependencies: Dependencies<Process>,
  stop: StopOne,
): StopOne {
  if (dependencies.isEmpty) return stop;
  const order = new StopOrder(processes, dependencies);
  return async (process) => {
    const turn = order.turnOf(process);
    try {
      if (turn) await turn.then(() => inTimeSlice(process, stop));
      else await stop(process);
    } finally {
      order.stopped(process);
    }
  };
}

/** The turn of a thousand may come at once, or of one after the other in a chain that has no children to wait for. */
function inTimeSlice(process: Process, stop: StopOne): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  process.daemon.taskQueue.add(() => {
    try {
      resolve(stop(process));
    } catch (error) {
      reject(error);
    }
  });
  return promise;
}

class StopOrder {
  /** Processes to stop that depend on a target and have not stopped yet. */
  readonly #remaining = new Map<Target<Process>, number>();
  /** Targets that a process has to wait for. */
  readonly #blockers = new Map<Process, number>();
  readonly #waiting = new Map<Process, () => void>();
  /** Neither waiting nor stopping nor stopped. */
  #unasked: number;
  #stopping = 0;

  /** For each of `processes` the caller has to call `turnOf`, and `stopped` when it has. */
  constructor(
    processes: ReadonlySet<Process>,
    private readonly dependencies: Dependencies<Process>,
  ) {
    this.#unasked = processes.size;
    for (const process of processes) {
      for (const target of this.#targetsOf(process))
        this.#remaining.set(target, (this.#remaining.get(target) ?? 0) + 1);
    }
    for (const process of processes) {
      const blockers = dependencies.targetsOf(process).filter((target) => this.#remaining.has(target));
      this.#blockers.set(process, blockers.length);
    }
  }

  /** Resolves when it may stop; null if it may at once. */
  turnOf(process: Process): Promise<void> | null {
    this.#unasked -= 1;
    if (this.#blockers.get(process) === 0) {
      this.#stopping += 1;
      return null;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(process, resolve);
    this.#breakCycle();
    return promise;
  }

  /** It has stopped, or will not. */
  stopped(process: Process): void {
    this.#stopping -= 1;
    for (const target of this.#targetsOf(process)) {
      const remaining = (this.#remaining.get(target) ?? 0) - 1;
      this.#remaining.set(target, remaining);
      if (remaining === 0) for (const member of target.members) this.#unblock(member);
    }
    this.#breakCycle();
  }

  #unblock(process: Process): void {
    const blockers = this.#blockers.get(process);
    if (blockers === undefined) return;
    this.#blockers.set(process, blockers - 1);
    if (blockers === 1) this.#release(process);
  }

  #release(process: Process): void {
    const resolve = this.#waiting.get(process);
    if (!resolve) return;
    this.#waiting.delete(process);
    this.#stopping += 1;
    resolve();
  }

  /** While groups of two configurations are active, they may depend on each other: then the order is void. */
  #breakCycle(): void {
    if (this.#stopping > 0 || this.#unasked > 0) return;
    for (const process of [...this.#waiting.keys()]) this.#release(process);
  }

  #targetsOf(process: Process): ReadonlySet<Target<Process>> {
    const needs = this.dependencies.needsOf(process).map(({ target }) => target);
    return new Set([...needs, ...this.dependencies.stopsWith(process)]);
  }
}
