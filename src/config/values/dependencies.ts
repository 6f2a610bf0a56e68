// Values of `depends_on`, `stop_with` and `restart_with`: processes by name, with the condition that each must meet.
import { pythonRepr } from '../../python/repr.ts';
import { ConfigError } from '../config.ts';
import { commaList } from './scalars.ts';
import type { ValueType } from './value-type.ts';

/** Processes by name, as written: a program stands for all of its processes. */
export type ProcessSelector =
  | { readonly kind: 'program'; readonly program: string }
  | { readonly kind: 'process'; readonly group: string; readonly name: string }
  | { readonly kind: 'group'; readonly group: string };

/**
 * `started`: it has a child. `ready`: it is RUNNING. `healthy`: it is RUNNING and its last check succeeded. `completed`:
 * it ended with an expected exit code. `ended`: it ended, whatever the code, and will not be restarted.
 */
export const conditions = ['started', 'ready', 'healthy', 'completed', 'ended'] as const;
export type Condition = (typeof conditions)[number];

export interface Dependency {
  readonly on: ProcessSelector;
  /** Null if none is written: `completed` for one-shots, `ready` for others. */
  readonly condition: Condition | null;
}

const names = {
  en: 'names of programs, GROUP:PROCESS or GROUP:*, separated by commas',
  zh: '用逗号分隔的程序名、组名:进程名 或 组名:*',
};

/** `db, web:web_0, cache:*`. */
export const selectorList: ValueType<readonly ProcessSelector[]> = {
  expects: names,
  parse: (value) => itemsOf(value).map(parseSelector),
  format: (selectors) => selectors.map(formatSelector).join(', '),
};

/** `db, migrate=completed, cache:*=healthy`. */
export const dependencyList: ValueType<readonly Dependency[]> = {
  expects: {
    en: `${names.en}, each with =${conditions.join(', =')} or nothing`,
    zh: `${names.zh}，其后可写 =${conditions.join('、=')}`,
  },
  parse: (value) => itemsOf(value).map(parseDependency),
  format: (dependencies) => dependencies.map(formatDependency).join(', '),
};

/** As in a configuration file. */
export function formatSelector(selector: ProcessSelector): string {
  switch (selector.kind) {
    case 'program':
      return selector.program;
    case 'process':
      return `${selector.group}:${selector.name}`;
    case 'group':
      return `${selector.group}:*`;
  }
}

/** `NAME`, `GROUP:PROCESS`, `GROUP:*` or `GROUP:`. Throws ConfigError. */
export function parseSelector(text: string): ProcessSelector {
  if (text === '' || /[\s/]/.test(text))
    throw new ConfigError(`not the name of a process: ${pythonRepr(text)}`);
  const colon = text.indexOf(':');
  if (colon < 0) return { kind: 'program', program: text };
  const [group, name] = [text.slice(0, colon), text.slice(colon + 1)];
  if (group === '') throw new ConfigError(`not the name of a process: ${pythonRepr(text)}`);
  return name === '' || name === '*' ? { kind: 'group', group } : { kind: 'process', group, name };
}

function parseDependency(text: string): Dependency {
  const equals = text.indexOf('=');
  if (equals < 0) return { on: parseSelector(text), condition: null };
  const word = text
    .slice(equals + 1)
    .trim()
    .toLowerCase();
  const condition = conditions.find((name) => name === word);
  if (condition) return { on: parseSelector(text.slice(0, equals).trim()), condition };
  throw new ConfigError(`not a condition: ${pythonRepr(word)} (${conditions.join(', ')})`);
}

function formatDependency({ on, condition }: Dependency): string {
  return condition === null ? formatSelector(on) : `${formatSelector(on)}=${condition}`;
}

/** A trailing comma is allowed. */
function itemsOf(value: string): string[] {
  return commaList(value.replace(/,\s*$/, ''));
}
