// `%(name)s` in values: which names an option may use, and the error for a failed expansion.
import { formatWithNames, type Names, type NameValue, UnknownName } from '../python/format.ts';
import { pythonRepr } from '../python/repr.ts';
import { compareByCodePoint } from '../python/text.ts';
import { type Bilingual, ConfigError } from './config.ts';

/** Which names an option may use: see `visibleNames`. All of them see the environment as `ENV_*`. */
export type NamesKind = keyof typeof visibleNames;

/** In the order in which the mapping is printed; `ENV_*` is the environment without a program's own variables. */
export const visibleNames = {
  none: [],
  env: ['ENV_*'],
  here: ['ENV_*', 'here'],
  include: ['here', 'host_node_name', 'ENV_*'],
  socket: ['ENV_*', 'here', 'program_name'],
  program: ['ENV_*', 'here', 'program_name', 'host_node_name', 'group_name'],
  environment: ['here', 'program_name', 'host_node_name', 'group_name', 'process_num', 'numprocs', 'ENV_*'],
  process: ['ENV_*', 'here', 'program_name', 'host_node_name', 'group_name', 'process_num', 'numprocs'],
  processName: ['here', 'program_name', 'host_node_name', 'group_name', 'process_num', 'numprocs', 'ENV_*'],
} as const satisfies Record<string, readonly string[]>;

/** Everything known at some point of reading; an option sees part of it. */
export interface Knowledge {
  /** `here`, `program_name`, ... */
  readonly facts: ReadonlyMap<string, NameValue>;
  /** Keyed by variable name without `ENV_`; later maps hide entries of earlier ones. */
  readonly environments: readonly ReadonlyMap<string, string>[];
}

/** A value containing `%` that cannot be expanded. */
export class ExpansionError extends ConfigError {
  readonly expected: Bilingual = {
    en: 'a known name, such as %(here)s; a literal % is written %%',
    zh: '此处可用的名称，例如 %(here)s；百分号写作 %%',
  };
}

/** `text` with its names substituted; `owner` names it in messages. Throws ExpansionError. */
export function expand(text: string, owner: string, names: Names): string {
  if (!text.includes('%')) return text;
  try {
    return formatWithNames(text, names);
  } catch (error) {
    const what = `Format string ${pythonRepr(text)} for ${pythonRepr(owner)}`;
    if (!(error instanceof UnknownName))
      throw new ExpansionError(
        `${what} is badly formatted: ${error instanceof Error ? error.message : error}`,
      );
    const available = [...names.entries()].map(([name]) => name).sort(compareByCodePoint);
    const unknown = `(${pythonRepr(error.unknown)})`;
    throw new ExpansionError(
      `${what} contains names ${unknown} which cannot be expanded. Available names: ${available.join(', ')}`,
    );
  }
}

/** The part of `knowledge` that an option of `kind` may use. */
export function namesOf(kind: NamesKind, knowledge: Knowledge): Names {
  const visible: readonly string[] = visibleNames[kind];
  const environments = kind === 'environment' ? knowledge.environments.slice(0, 1) : knowledge.environments;
  return {
    get(name) {
      if (visible.includes(name) && name !== 'ENV_*') return knowledge.facts.get(name);
      if (!name.startsWith('ENV_') || !visible.includes('ENV_*')) return undefined;
      return environments.findLast((environment) => environment.has(name.slice(4)))?.get(name.slice(4));
    },
    entries() {
      const all = visible.flatMap((name) =>
        name === 'ENV_*' ? prefixed(environments.slice(0, 1)) : factEntry(name, knowledge.facts),
      );
      return new Map([...all, ...prefixed(environments.slice(1))]);
    },
  };
}

function prefixed(environments: readonly ReadonlyMap<string, string>[]): [string, NameValue][] {
  return environments.flatMap((environment) =>
    [...environment].map(([name, value]) => [`ENV_${name}`, value]),
  );
}

function factEntry(name: string, facts: ReadonlyMap<string, NameValue>): [string, NameValue][] {
  const value = facts.get(name);
  return value === undefined ? [] : [[name, value]];
}
