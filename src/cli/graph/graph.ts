// What the formats of `tsupervisor graph` share: the processes of a configuration and what they are called.
import type { Config } from '../../config/config.ts';
import {
  conditionOf,
  Dependencies,
  type Dependent,
  type Need,
  type Target,
} from '../../config/dependencies.ts';
import { qualifiedName } from '../../config/process-name.ts';
import { StartPlan, type StartUnit } from '../../config/start-plan.ts';
import { type Condition, formatSelector } from '../../config/values/dependencies.ts';
import { printable } from '../../doctor/facts/printable.ts';

export type Unit = StartUnit<Dependent>;

export class Graph {
  readonly dependencies: Dependencies<Dependent>;
  readonly plan: StartPlan<Dependent>;
  /** Of each target, the condition if none is written. */
  readonly #defaults = new Map<Target<Dependent>, Condition | null>();

  constructor({ groups }: Config) {
    const processes = groups.flatMap(({ name, processes: configs }) =>
      configs.map((config) => ({ group: name, config })),
    );
    this.dependencies = new Dependencies(processes);
    this.plan = new StartPlan(processes, this.dependencies);
  }

  /** The condition that all members must meet; null if it differs from one to the other. */
  conditionOf(need: Need<Dependent>): Condition | null {
    const { target, condition } = need;
    if (condition !== null) return condition;
    const known = this.#defaults.get(target);
    if (known !== undefined) return known;
    const conditions = new Set(target.members.map((member) => conditionOf(need, member)));
    const [only = null] = conditions.size === 1 ? conditions : [];
    this.#defaults.set(target, only);
    return only;
  }
}

/** `web`, `web ×4`, `redis (cache)` in group cache, `web:web_0` for one process of several. */
export function labelOf({ members, group, program, isWhole }: Unit): string {
  const count = members.length === 1 ? '' : ` ×${members.length}`;
  if (!isWhole) return printable(`${processNames(members)[0]}${count}`);
  return printable(`${program}${count}${group === program ? '' : ` (${group})`}`);
}

export function isOneshot({ members }: Unit): boolean {
  return members.every(({ config }) => config.extensions.oneshot);
}

/** As supervisorctl shows them. */
export function processNames(processes: readonly Dependent[]): string[] {
  return processes.map(qualifiedName);
}

/** As written in the configuration. */
export function targetName({ selector }: Target<Dependent>): string {
  return printable(formatSelector(selector));
}
