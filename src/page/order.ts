// Which processes depend on which, and whether the dependencies are met now. Pure.
import type { Condition, OrderView, ProcessView, StateName, UnitView } from '../http/ui/api-types.ts';
import { urgency } from './rows.ts';

export type Processes = ReadonlyMap<string, ProcessView>;

/** `stuck`: a process that does not meet the condition is down. */
export type DependencyStatus = 'met' | 'unmet' | 'stuck';

/** One of the dependencies of a unit. */
export interface Dependency {
  /** As written. */
  readonly name: string;
  readonly condition: Condition;
  readonly status: DependencyStatus;
  /** What the name stands for. */
  readonly units: readonly UnitView[];
}

/** What follows from the configuration alone; one for each OrderView. */
export class Order {
  readonly #unitOf: ReadonlyMap<string, UnitView>;
  readonly #unitsOfTarget: readonly (readonly UnitView[])[];
  readonly #targetsOf = new Map<UnitView, Set<number>>();
  readonly #dependents = new Map<number, Set<UnitView>>();

  constructor(readonly view: OrderView) {
    const { units, targets } = view;
    this.#unitOf = new Map(units.flatMap((unit) => unit.ids.map((id) => [id, unit] as const)));
    this.#unitsOfTarget = targets.map(({ ids }) => [
      ...new Set(ids.flatMap((id) => this.#unitOf.get(id) ?? [])),
    ]);
    this.#unitsOfTarget.forEach((members, target) => {
      for (const unit of members) append(this.#targetsOf, unit, target);
    });
    for (const unit of units) {
      for (const { target } of unit.needs) append(this.#dependents, target, unit);
    }
  }

  unitOf(id: string): UnitView | undefined {
    return this.#unitOf.get(id);
  }

  /** What a target stands for. */
  unitsOf(target: number): readonly UnitView[] {
    return this.#unitsOfTarget[target] ?? [];
  }

  /** What depends on a unit, or on one of its processes. */
  dependentsOf(unit: UnitView): readonly UnitView[] {
    const targets = [...(this.#targetsOf.get(unit) ?? [])];
    return [...new Set(targets.flatMap((target) => [...(this.#dependents.get(target) ?? [])]))];
  }
}

/** An order with the present states. Remembers what it has found out, as names are shared. */
export class OrderNow {
  readonly #statuses = new Map<string, DependencyStatus>();

  constructor(
    readonly order: Order,
    readonly processes: Processes,
  ) {}

  /** The process of a unit that needs attention most. */
  shownOf({ ids }: UnitView): ProcessView | undefined {
    return ids
      .flatMap((id) => this.processes.get(id) ?? [])
      .reduce<ProcessView | undefined>(
        (worst, one) => (worst && urgency[worst.state] <= urgency[one.state] ? worst : one),
        undefined,
      );
  }

  runningOf({ ids }: UnitView): number {
    return ids.filter((id) => this.processes.get(id)?.state === 'RUNNING').length;
  }

  /** In the order written. */
  dependenciesOf(unit: UnitView): readonly Dependency[] {
    return unit.needs.map(({ target, condition: written }) => {
      const units = this.order.unitsOf(target);
      return {
        name: this.order.view.targets[target]?.name ?? '',
        condition: written ?? (units[0]?.oneshot ? 'completed' : 'ready'),
        status: this.#status(target, written),
        units,
      };
    });
  }

  #status(target: number, written: Condition | null): DependencyStatus {
    const key = `${target} ${written}`;
    const known = this.#statuses.get(key);
    if (known) return known;
    const status = this.#statusOf(this.order.view.targets[target]?.ids ?? [], written);
    this.#statuses.set(key, status);
    return status;
  }

  #statusOf(ids: readonly string[], written: Condition | null): DependencyStatus {
    if (ids.length === 0) return 'stuck';
    const unmet = ids
      .flatMap((id) => this.processes.get(id) ?? [])
      .filter(({ id, start }) => {
        const condition = written ?? (this.order.unitOf(id)?.oneshot ? 'completed' : 'ready');
        return !start?.meets.includes(condition);
      });
    if (unmet.length === 0) return 'met';
    return unmet.some(({ state }) => downStates.has(state)) ? 'stuck' : 'unmet';
  }
}

const downStates: ReadonlySet<StateName> = new Set(['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN']);

function append<Key, Item>(map: Map<Key, Set<Item>>, key: Key, item: Item): void {
  const items = map.get(key) ?? new Set();
  map.set(key, items.add(item));
}
