// Which members of a dependency's target do not meet a condition. Kept up to date with each transition of a member, so
// that a process that waits for thousands need not ask all of them each time.
import { conditionOf, type Need, type Target } from '../config/dependencies.ts';
import type { Condition } from '../config/values/dependencies.ts';
import type { Process } from './process.ts';
import { isDown } from './process-state.ts';

interface Unmet {
  readonly all: Set<Process>;
  /** Those that will not meet it by themselves. */
  readonly stuck: Set<Process>;
}

export class TargetStatus {
  readonly #unmet = new Map<Condition | null, Unmet>();

  constructor(readonly target: Target<Process>) {}

  /** The members that do not meet the condition of a need of this target. */
  unmet(need: Need<Process>): Unmet {
    const known = this.#unmet.get(need.condition);
    if (known) return known;
    const unmet: Unmet = { all: new Set(), stuck: new Set() };
    for (const member of this.target.members) place(member, need, unmet);
    this.#unmet.set(need.condition, unmet);
    return unmet;
  }

  /** A member has changed. True when a process that waits for the target has to look again. */
  update(member: Process): boolean {
    let isNews = false;
    for (const [condition, unmet] of this.#unmet) {
      const [all, stuck] = [unmet.all.size, unmet.stuck.size];
      place(member, { target: this.target, condition }, unmet);
      const [shown] = unmet.stuck;
      if (unmet.all.size === 0 ? all > 0 : shown === member || (stuck > 0 && shown === undefined))
        isNews = true;
    }
    return isNews;
  }
}

function place(member: Process, need: Need<Process>, { all, stuck }: Unmet): void {
  all.delete(member);
  stuck.delete(member);
  if (meets(member, conditionOf(need, member))) return;
  all.add(member);
  if (isStuck(member)) stuck.add(member);
}

function meets({ life: { state, spawnError } }: Process, condition: Condition): boolean {
  const isOver = state.name === 'EXITED' && state.restartAt === null;
  switch (condition) {
    case 'started':
      return state.name === 'RUNNING' || (state.name === 'STARTING' && state.pid !== null);
    case 'ready':
      return state.name === 'RUNNING';
    case 'healthy':
      return state.name === 'RUNNING';
    case 'completed':
      return isOver && spawnError === '';
    case 'ended':
      return isOver || state.name === 'FATAL';
  }
}

/** Only a request would start it. */
function isStuck({ goal, life: { state } }: Process): boolean {
  return goal.kind !== 'restart' && isDown(state);
}
