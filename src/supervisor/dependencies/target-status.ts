// Which members of a dependency's target do not meet a condition. Kept up to date with each transition of a member, so
// that a process that waits for thousands need not ask all of them each time.
import { conditionOf, type Need, type Target } from '../../config/dependencies.ts';
import type { Condition } from '../../config/values/dependencies.ts';
import { formatSelector } from '../../config/values/dependencies.ts';
import { isDown, type StateName, type UnmetNeed } from '../lifecycle/process-state.ts';
import type { Process } from '../process.ts';

export class TargetStatus {
  readonly #members = new Map<Condition | null, UnmetMembers>();

  constructor(readonly target: Target<Process>) {}

  /** Null if the need is met. */
  unmetNeed(need: Need<Process>): UnmetNeed | null {
    const name = formatSelector(this.target.selector);
    if (this.target.members.length === 0) {
      return { name, condition: need.condition ?? 'ready', stuck: 'missing', failure: '' };
    }
    const { shown } = this.#unmet(need.condition);
    if (shown === null) return null;
    const { member, condition, stuck, failure, isOnly } = shown;
    const isOneOfMany = isOnly && this.target.members.length > 1;
    return { name: isOneOfMany ? member.qualifiedName : name, condition, stuck, failure };
  }

  /** The members that do not meet the condition of a need of this target. */
  unmetMembers(need: Need<Process>): ReadonlySet<Process> {
    return this.#unmet(need.condition).all;
  }

  /** A member has changed. True when a process that waits for the target has to look again. */
  update(member: Process): boolean {
    let isNews = false;
    for (const unmet of this.#members.values()) isNews = unmet.update(member) || isNews;
    return isNews;
  }

  #unmet(condition: Condition | null): UnmetMembers {
    const known = this.#members.get(condition);
    if (known) return known;
    const unmet = new UnmetMembers({ target: this.target, condition });
    this.#members.set(condition, unmet);
    return unmet;
  }
}

/** What a description says of the members that do not meet a condition. */
interface Shown {
  /** The first stuck one, or the first. */
  readonly member: Process;
  readonly condition: Condition;
  readonly stuck: StateName | null;
  /** Why its health check failed; empty if that does not matter, or if it stands for others. */
  readonly failure: string;
  /**
   * It stands for no others. Else the description names the whole target, so that it need not change with each of a
   * thousand members.
   */
  readonly isOnly: boolean;
}

class UnmetMembers {
  readonly #all = new Set<Process>();
  /** Those that will not meet it by themselves. */
  readonly #stuck = new Set<Process>();
  #shown: Shown | null;

  constructor(private readonly need: Need<Process>) {
    for (const member of need.target.members) this.#place(member);
    this.#shown = this.#show();
  }

  get all(): ReadonlySet<Process> {
    return this.#all;
  }

  get shown(): Shown | null {
    return this.#shown;
  }

  /** True when what is shown has changed. */
  update(member: Process): boolean {
    this.#place(member);
    const before = this.#shown;
    this.#shown = this.#show();
    return !isSame(before, this.#shown);
  }

  /** One that stays keeps its place. */
  #place(member: Process): void {
    const isUnmet = !meets(member, conditionOf(this.need, member));
    toggle(this.#all, member, isUnmet);
    toggle(this.#stuck, member, isUnmet && isStuck(member));
  }

  #show(): Shown | null {
    const isStuck = this.#stuck.size > 0;
    const shown = isStuck ? this.#stuck : this.#all;
    const isOnly = shown.size === 1;
    for (const member of shown) {
      const condition = conditionOf(this.need, member);
      const failure = isOnly && condition === 'healthy' ? member.healthFailure : '';
      return { member, condition, stuck: isStuck ? member.state : null, failure, isOnly };
    }
    return null;
  }
}

/** Which member it is matters only if it is named. */
function isSame(before: Shown | null, after: Shown | null): boolean {
  if (before === null || after === null) return before === after;
  const isAlike =
    before.isOnly === after.isOnly &&
    before.stuck === after.stuck &&
    before.condition === after.condition &&
    before.failure === after.failure;
  return isAlike && (!after.isOnly || before.member === after.member);
}

function toggle(set: Set<Process>, member: Process, isIn: boolean): void {
  if (isIn) set.add(member);
  else set.delete(member);
}

/** Whether a process meets a condition now. */
export function meets(process: Process, condition: Condition): boolean {
  const { state, spawnError } = process.life;
  const isOver = state.name === 'EXITED' && state.restartAt === null;
  switch (condition) {
    case 'started':
      return state.name === 'RUNNING' || (state.name === 'STARTING' && state.pid !== null);
    case 'ready':
      return state.name === 'RUNNING';
    case 'healthy':
      return process.isHealthy;
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
