// Which processes depend on which, as shown by the page. Changes only when groups are added or removed.
import type { Dependencies, Target } from '../../config/dependencies.ts';
import { StartPlan, type StartUnit } from '../../config/start-plan.ts';
import { formatSelector } from '../../config/values/dependencies.ts';
import { TimeSlice } from '../../event-loop/time-slice.ts';
import type { Process } from '../../supervisor/process.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { OrderView, UnitView } from './api-types.ts';
import { processId } from './process-view.ts';
import { isInvolved } from './start-view.ts';

interface Known {
  readonly dependencies: Dependencies<Process>;
  readonly view: OrderView | null;
}

/** For all pages. Remembers the view as long as the active groups stay. */
export class OrderViews {
  #known: Known | null = null;

  constructor(private readonly supervisor: Supervisor) {}

  /** Null if nothing depends on anything. */
  async current(): Promise<OrderView | null> {
    const dependencies = this.supervisor.daemon.dependencies.current;
    if (this.#known?.dependencies !== dependencies) {
      const view = await orderView(this.supervisor.processesByPriority, dependencies);
      this.#known = { dependencies, view };
      return view;
    }
    return this.#known.view;
  }
}

/** In time slices. */
async function orderView(
  processes: readonly Process[],
  dependencies: Dependencies<Process>,
): Promise<OrderView | null> {
  if (!processes.some(isInvolved)) return null;
  const slice = new TimeSlice();
  const targets = new Targets();
  const units: UnitView[] = [];
  for (const unit of new StartPlan(processes, dependencies).units) {
    if (unit.members.some(isInvolved)) units.push(unitView(unit, targets));
    if (slice.isOver) await slice.next();
  }
  return { units, targets: targets.views };
}

/** Targets by index, each once. */
class Targets {
  readonly #targets: Target<Process>[] = [];
  readonly #indexes = new Map<Target<Process>, number>();

  index(target: Target<Process>): number {
    const known = this.#indexes.get(target);
    if (known !== undefined) return known;
    this.#indexes.set(target, this.#targets.length);
    return this.#targets.push(target) - 1;
  }

  get views(): OrderView['targets'] {
    return this.#targets.map(({ selector, members }) => ({
      name: formatSelector(selector),
      ids: members.map(processId),
    }));
  }
}

function unitView(unit: StartUnit<Process>, targets: Targets): UnitView {
  return {
    name: nameOf(unit),
    ids: unit.members.map(processId),
    lane: unit.lane,
    oneshot: unit.members.every(({ config }) => config.extensions.oneshot),
    needs: unit.needs.map(({ target, condition }) => ({ target: targets.index(target), condition })),
    stopsWith: unit.stopsWith.map((target) => targets.index(target)),
    restartsWith: unit.restartsWith.map((target) => targets.index(target)),
  };
}

/** `web`, `redis (cache)` in group cache, `web:web_0` for one process of several. */
function nameOf({ members, group, program, isWhole }: StartUnit<Process>): string {
  const [first] = members;
  if (!isWhole && first) return first.qualifiedName;
  return group === program ? program : `${program} (${group})`;
}
