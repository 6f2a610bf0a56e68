// What processes wait for, directly or through others that wait.
import { processName, type WaitingNeed } from '../../client/process-info.ts';
import type { Bilingual } from '../finding.ts';
import type { ProgramView } from '../machine-facts.ts';

const maxNamed = 3;

/** What processes wait for. */
export interface Culprit {
  readonly need: WaitingNeed;
  /** The process that does not meet it; null if it is unknown. */
  readonly program: ProgramView | null;
  readonly waiting: ProgramView[];
}

export class Culprits {
  readonly #byName: ReadonlyMap<string, ProgramView>;
  readonly #byGroup: ReadonlyMap<string, readonly ProgramView[]>;
  readonly #culprits = new Map<string, Culprit>();
  readonly #found = new Map<ProgramView, readonly Culprit[]>();

  constructor(programs: readonly ProgramView[]) {
    // A program with one process may have the name of another group's process, which has a qualified name.
    this.#byName = new Map([
      ...programs.map((program) => [program.info.name, program] as const),
      ...programs.map((program) => [processName(program.info), program] as const),
    ]);
    this.#byGroup = Map.groupBy(programs, ({ info }) => info.group);
    for (const program of programs) {
      for (const culprit of this.#of(program)) culprit.waiting.push(program);
    }
  }

  get all(): Iterable<Culprit> {
    return this.#culprits.values();
  }

  #of(program: ProgramView): readonly Culprit[] {
    const known = this.#found.get(program);
    if (known) return known;
    // Ends the search in a cycle, which a configuration cannot have, but an answer can.
    this.#found.set(program, []);
    const culprits = new Set(program.info.waiting.flatMap((need) => this.#behind(need)));
    this.#found.set(program, [...culprits]);
    return [...culprits];
  }

  /** Of several processes of that name, one that keeps the need from being met. */
  #programOf({ name, stuck }: WaitingNeed): ProgramView | null {
    const members = this.#byGroup.get(name.replace(/:\*$/, '')) ?? [];
    return (
      this.#byName.get(name) ??
      members.find(({ info }) =>
        stuck === null ? info.statename !== 'RUNNING' : info.statename === stuck,
      ) ??
      null
    );
  }

  #behind(need: WaitingNeed): readonly Culprit[] {
    const program = this.#programOf(need);
    if (need.stuck === null && program && program.info.waiting.length > 0) return this.#of(program);
    const key = `${need.name}\n${need.condition}\n${need.stuck}`;
    const culprit = this.#culprits.get(key) ?? { need, program, waiting: [] };
    this.#culprits.set(key, culprit);
    return [culprit];
  }
}

/** By process: those that wait for one that may still be what they need without a request. */
export function waitersIn(
  programs: readonly ProgramView[],
): ReadonlyMap<ProgramView, readonly ProgramView[]> {
  const waiters = new Map<ProgramView, ProgramView[]>();
  for (const { need, program, waiting } of new Culprits(programs).all) {
    if (program === null || need.stuck !== null) continue;
    waiters.set(program, [...new Set([...(waiters.get(program) ?? []), ...waiting])]);
  }
  return waiters;
}

/** `a, b, c and 5 more`. */
export function namesOf(programs: readonly ProgramView[]): Bilingual {
  const names = programs.map(({ info }) => processName(info));
  const shown = names.slice(0, maxNamed);
  const more = names.length - shown.length;
  return {
    en: shown.join(', ') + (more > 0 ? ` and ${more} more` : ''),
    zh: shown.join('、') + (more > 0 ? ` 等 ${names.length} 个进程` : ''),
  };
}
