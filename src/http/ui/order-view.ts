// Which processes depend on which, and how far their starts are, as shown by the page.
import type { Target } from '../../config/dependencies.ts';
import { StartPlan, type StartUnit } from '../../config/start-plan.ts';
import { conditions, formatSelector } from '../../config/values/dependencies.ts';
import { doneAtOf } from '../../supervisor/boot.ts';
import type { Process } from '../../supervisor/process.ts';
import { isWaiting, type ProcessState, type UnmetNeed } from '../../supervisor/process-state.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import { meets } from '../../supervisor/target-status.ts';
import type { NeedView, OrderView, ProcessView, StartView, UnitView } from './api-types.ts';

/** `order`, unless nothing depends on anything. */
export function orderMember({ processesByPriority, daemon }: Supervisor): { readonly order?: OrderView } {
  if (!processesByPriority.some(isInvolved)) return {};
  const plan = new StartPlan(processesByPriority, daemon.dependencies.current);
  const targets = new Targets();
  const units = plan.units
    .filter(({ members }) => members.some(isInvolved))
    .map((unit) => unitView(unit, targets));
  return { order: { units, targets: targets.views } };
}

/** The members of a process's view that only dependencies and readiness bring about. */
export function startViews(process: Process): Pick<ProcessView, 'waiting' | 'hindrance' | 'start'> {
  const { state } = process.life;
  const hindrance = hindranceOf(state);
  return {
    ...(isWaiting(state) && { waiting: state.needs.map(needView) }),
    ...(hindrance !== '' && { hindrance }),
    ...(isInvolved(process) && { start: startView(process) }),
  };
}

/** It depends on others, or others on it. */
function isInvolved(process: Process): boolean {
  const { dependsOn, stopWith, restartWith } = process.config.extensions;
  if (dependsOn.length + stopWith.length + restartWith.length > 0) return true;
  return process.daemon.dependencies.current.targetsOf(process).length > 0;
}

function hindranceOf(state: ProcessState): string {
  if (state.name !== 'STARTING') return '';
  if (state.phase === 'up') return state.hindrance;
  return state.phase === 'failing' ? state.reason : '';
}

function needView({ name, condition, stuck }: UnmetNeed): NeedView {
  return { name, condition, ...(stuck !== null && { stuck }) };
}

function startView(process: Process): StartView {
  const { start } = process.life;
  const now = process.daemon.clock.now();
  const doneAt = doneAtOf(process);
  const spawnedAt = start?.spawnedAt ?? null;
  return {
    requested: start && Math.round(Date.now() - (now - start.requestedAt)) / 1000,
    waited: start && spawnedAt !== null ? Math.round(spawnedAt - start.requestedAt) / 1000 : null,
    took: doneAt !== null && spawnedAt !== null ? Math.round(doneAt - spawnedAt) / 1000 : null,
    meets: conditions.filter((condition) => meets(process, condition)),
  };
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
      ids: members.map(idOf),
    }));
  }
}

function unitView(unit: StartUnit<Process>, targets: Targets): UnitView {
  return {
    name: nameOf(unit),
    ids: unit.members.map(idOf),
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

function idOf({ group, name }: Process): string {
  return `${group}:${name}`;
}
