// The names written in `depends_on`, `stop_with` and `restart_with`, and the processes that each stands for.
import type { Dependent } from './dependencies.ts';
import { formatSelector, type ProcessSelector } from './values/dependencies.ts';

/** What a name stands for; one object for each distinct name. */
export interface Target<T> {
  readonly selector: ProcessSelector;
  /** In the order of all processes. Empty if there is no such process, such as after its group was removed. */
  readonly members: readonly T[];
}

type Table<T> = Map<string, { readonly selector: ProcessSelector; readonly members: T[] }>;

export class TargetTable<T extends Dependent> {
  /** By kind of selector, since a group may have a program's name. */
  readonly #tables: Readonly<Record<ProcessSelector['kind'], Table<T>>> = {
    program: new Map(),
    process: new Map(),
    group: new Map(),
  };
  readonly #containing = new Map<T, readonly Target<T>[]>();

  /** No name was written. */
  get isEmpty(): boolean {
    return Object.values(this.#tables).every(({ size }) => size === 0);
  }

  /** It has no members until `addMembers`. */
  named(selector: ProcessSelector): Target<T> {
    const table = this.#tables[selector.kind];
    const name = formatSelector(selector);
    const target = table.get(name) ?? { selector, members: [] };
    table.set(name, target);
    return target;
  }

  /** Looks up the members of all targets. */
  addMembers(processes: readonly T[]): void {
    const { program, process, group } = this.#tables;
    if (this.isEmpty) return;
    for (const member of processes) {
      const { config } = member;
      const found = [
        program.get(config.program),
        process.get(formatSelector({ kind: 'process', group: member.group, name: config.name })),
        group.get(formatSelector({ kind: 'group', group: member.group })),
      ].filter((target) => target !== undefined);
      for (const { members } of found) members.push(member);
      if (found.length > 0) this.#containing.set(member, found);
    }
  }

  /** The targets that a process is a member of. */
  containing(process: T): readonly Target<T>[] {
    return this.#containing.get(process) ?? none;
  }
}

const none: readonly never[] = [];
