// Which processes depend on which: `depends_on`, `stop_with` and `restart_with` with their names looked up. Pure; works on
// the processes of a configuration as on the active ones. Does not know whether a condition is met.
//
// Memory and time are linear in written names plus members, since everything that writes a name shares its target.
import type { ProcessConfig } from './config.ts';
import { DependencyGraph } from './dependency-graph.ts';
import { type Target, TargetTable } from './dependency-targets.ts';
import type { Condition, ProcessSelector } from './values/dependencies.ts';

/** What has a process's configuration: an active process, or one that was only read. */
export interface Dependent {
  readonly group: string;
  readonly config: ProcessConfig;
}

export type { Target };

/** One of a process's dependencies. */
export interface Need<T> {
  readonly target: Target<T>;
  /** As written; `conditionOf` returns the one that a member must meet. */
  readonly condition: Condition | null;
}

/** The condition that a member must meet; if none is written, `completed` for one-shots, else `ready`. */
export function conditionOf({ condition }: Need<unknown>, member: Dependent): Condition {
  return condition ?? (member.config.extensions.oneshot ? 'completed' : 'ready');
}

export class Dependencies<T extends Dependent> {
  readonly #targets = new TargetTable<T>();
  readonly #needs = new Map<T, readonly Need<T>[]>();
  readonly #dependsOn = new DependencyGraph<T>();
  readonly #stopWith = new DependencyGraph<T>();
  readonly #restartWith = new DependencyGraph<T>();

  constructor(processes: readonly T[]) {
    for (const process of processes) {
      const { dependsOn, stopWith, restartWith } = process.config.extensions;
      if (dependsOn.length > 0) this.#addNeeds(process);
      if (stopWith.length > 0) this.#stopWith.add(process, this.#named(stopWith));
      if (restartWith.length > 0) this.#restartWith.add(process, this.#named(restartWith));
    }
    this.#targets.addMembers(processes);
  }

  /** Nothing depends on, stops with or restarts with anything. */
  get isEmpty(): boolean {
    return this.#targets.isEmpty;
  }

  /** In the order written. */
  needsOf(process: T): readonly Need<T>[] {
    return this.#needs.get(process) ?? none;
  }

  /** The targets of its `stop_with`. */
  stopsWith(process: T): readonly Target<T>[] {
    return this.#stopWith.targetsOf(process);
  }

  /** The targets of its `restart_with`. */
  restartsWith(process: T): readonly Target<T>[] {
    return this.#restartWith.targetsOf(process);
  }

  /** The targets that contain a process; the three methods below return what a change of it concerns. */
  targetsOf(process: T): readonly Target<T>[] {
    return this.#targets.containing(process);
  }

  /** The processes that depend on a target. */
  dependentsOf(target: Target<T>): readonly T[] {
    return this.#dependsOn.sourcesOf(target);
  }

  /** The processes that stop with a target. */
  stoppedWith(target: Target<T>): readonly T[] {
    return this.#stopWith.sourcesOf(target);
  }

  /** The processes that restart with a target. */
  restartedWith(target: Target<T>): readonly T[] {
    return this.#restartWith.sourcesOf(target);
  }

  /**
   * The given processes, each after all that it depends on, also through processes that are not given. A process comes
   * earlier than given only if one before it depends on it. Each cycle is cut at one of its dependencies.
   */
  startOrder(processes: readonly T[]): readonly T[] {
    return this.#dependsOn.order(processes);
  }

  /** Cycles of `depends_on`, at least one of each set of processes that depend on each other. */
  get cycles(): readonly (readonly T[])[] {
    return this.#dependsOn.cycles;
  }

  /** Cycles of `restart_with`, which would restart each other for ever. */
  get restartCycles(): readonly (readonly T[])[] {
    return this.#restartWith.cycles;
  }

  #named(selectors: readonly ProcessSelector[]): readonly Target<T>[] {
    return selectors.map((selector) => this.#targets.named(selector));
  }

  #addNeeds(process: T): void {
    const needs = process.config.extensions.dependsOn.map(({ on, condition }) => ({
      target: this.#targets.named(on),
      condition,
    }));
    this.#needs.set(process, needs);
    this.#dependsOn.add(
      process,
      needs.map(({ target }) => target),
    );
  }
}

const none: readonly never[] = [];
