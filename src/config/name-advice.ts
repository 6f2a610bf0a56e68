// What was probably meant by a name that no process has.
import type { Bilingual } from './config.ts';
import type { Dependent } from './dependencies.ts';
import { didYouMean, nearest } from './edit-distance.ts';
import type { ProcessSelector } from './values/dependencies.ts';

/** A search looks at all names, so a file full of unknown ones gets this many. */
const maxSearches = 100;

export class NameAdvice {
  readonly #programs = new Set<string>();
  /** Names of processes by group. */
  readonly #groups = new Map<string, Set<string>>();
  #searches = 0;

  constructor(processes: readonly Dependent[]) {
    for (const { group, config } of processes) {
      this.#programs.add(config.program);
      const names = this.#groups.get(group);
      if (names) names.add(config.name);
      else this.#groups.set(group, new Set([config.name]));
    }
  }

  /** Whether a program or group of that name has processes. */
  isKnown(name: string): boolean {
    return this.#programs.has(name) || this.#groups.has(name);
  }

  /** Null if nothing is similar. */
  on(selector: ProcessSelector): Bilingual | null {
    switch (selector.kind) {
      case 'program':
        return this.#onProgram(selector.program);
      case 'group':
        return this.#onGroup(selector.group);
      case 'process':
        return this.#onProcess(selector.group, selector.name);
    }
  }

  #onProgram(name: string): Bilingual | null {
    if (this.#groups.has(name)) return wholeGroup(name);
    const home = [...this.#groups].find(([, names]) => names.has(name))?.[0];
    if (home !== undefined) return didYouMean(`${home}:${name}`);
    const program = this.#nearest(name, this.#programs);
    if (program !== null) return didYouMean(program);
    const group = this.#nearest(name, this.#groups.keys());
    return group === null ? null : didYouMean(`${group}:*`);
  }

  #onGroup(name: string): Bilingual | null {
    if (this.#programs.has(name)) return didYouMean(name);
    const group = this.#nearest(name, this.#groups.keys());
    return group === null ? null : didYouMean(`${group}:*`);
  }

  #onProcess(group: string, name: string): Bilingual | null {
    const known = this.#groups.has(group) ? group : this.#nearest(group, this.#groups.keys());
    const names = this.#groups.get(known ?? '') ?? new Set<string>();
    if (known === null) return null;
    const process = names.has(name) ? name : this.#nearest(name, names);
    return process === null ? wholeGroup(known) : didYouMean(`${known}:${process}`);
  }

  #nearest(name: string, known: Iterable<string>): string | null {
    this.#searches += 1;
    return this.#searches > maxSearches ? null : nearest(name, known);
  }
}

function wholeGroup(group: string): Bilingual {
  return {
    en: `${group}:* for the processes of group ${group}`,
    zh: `用 ${group}:* 表示组 ${group} 的所有进程`,
  };
}
