// The order of start as people read it: processes that are configured alike are one unit, and units are in lanes, by how
// early they can start. Pure.
import type { Dependencies, Dependent, Need, Target } from './dependencies.ts';
import { dependencyList, selectorList } from './values/dependencies.ts';

/** Processes of one program in one group that depend on, stop with and restart with the same. */
export interface StartUnit<T> {
  /** Not empty. */
  readonly members: readonly T[];
  readonly group: string;
  readonly program: string;
  /** Whether the program has no other processes in this group. */
  readonly isWhole: boolean;
  readonly needs: readonly Need<T>[];
  readonly stopsWith: readonly Target<T>[];
  readonly restartsWith: readonly Target<T>[];
  /** 0: it depends on nothing; otherwise one more than the highest lane that it depends on. */
  readonly lane: number;
  /** A unit in the lane before that it depends on; null in lane 0. */
  readonly after: StartUnit<T> | null;
}

export class StartPlan<T extends Dependent> {
  /** In the order of start. */
  readonly units: readonly StartUnit<T>[];
  readonly #unitOf = new Map<T, StartUnit<T>>();
  /** Of each target, the unit that starts last. */
  readonly #last = new Map<Target<T>, StartUnit<T> | null>();

  /** Takes time linear in names and processes. */
  constructor(
    processes: readonly T[],
    private readonly dependencies: Dependencies<T>,
  ) {
    const counts = new Map<string, number>();
    for (const process of processes) counts.set(home(process), (counts.get(home(process)) ?? 0) + 1);
    this.units = alike(dependencies.startOrder(processes)).map(({ first, members }) => {
      const isWhole = members.length === counts.get(home(first));
      const unit = this.#unit(first, members, isWhole);
      for (const member of members) this.#unitOf.set(member, unit);
      return unit;
    });
  }

  /** The units of a target's members, in the order of the members. */
  unitsOf({ members }: Target<T>): readonly StartUnit<T>[] {
    return [...new Set(members.flatMap((member) => this.#unitOf.get(member) ?? []))];
  }

  #unit(first: T, members: readonly T[], isWhole: boolean): StartUnit<T> {
    const needs = this.dependencies.needsOf(first);
    const after = needs.map(({ target }) => this.#lastOf(target)).reduce(later, null);
    return {
      ...{ members, isWhole, needs, after },
      group: first.group,
      program: first.config.program,
      stopsWith: this.dependencies.stopsWith(first),
      restartsWith: this.dependencies.restartsWith(first),
      lane: after === null ? 0 : after.lane + 1,
    };
  }

  /** All members are in units already, as they start earlier. */
  #lastOf(target: Target<T>): StartUnit<T> | null {
    const known = this.#last.get(target);
    if (known !== undefined) return known;
    const last = this.unitsOf(target).reduce<StartUnit<T> | null>(later, null);
    this.#last.set(target, last);
    return last;
  }
}

/** The first of those in the higher lane. */
function later<T>(a: StartUnit<T> | null, b: StartUnit<T> | null): StartUnit<T> | null {
  return a === null || (b !== null && b.lane > a.lane) ? b : a;
}

function home({ group, config }: Dependent): string {
  return `${group}:${config.program}`;
}

interface Alike<T> {
  readonly first: T;
  readonly members: T[];
}

/**
 * In the order of their first processes. That is an order of start, too, since all processes of a unit depend on the
 * same.
 */
function alike<T extends Dependent>(processes: readonly T[]): readonly Alike<T>[] {
  const found = new Map<string, Alike<T>>();
  for (const process of processes) {
    const { dependsOn, stopWith, restartWith } = process.config.extensions;
    const options = [dependencyList.format(dependsOn), ...[stopWith, restartWith].map(selectorList.format)];
    const key = [home(process), ...options].join('\n');
    const known = found.get(key);
    if (known) known.members.push(process);
    else found.set(key, { first: process, members: [process] });
  }
  return [...found.values()];
}
