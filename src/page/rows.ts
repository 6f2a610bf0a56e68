// The rows of the table: filtered, sorted, grouped. Pure.
import type { ProcessView, StateName } from '../http/ui/api-types.ts';
import type { Usage } from './daemon-state.ts';

export type Column = 'state' | 'name' | 'since' | 'restarts' | 'cpu' | 'memory';

export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

export interface Choice {
  /** Words that must all occur in the id, case-insensitive. */
  readonly text: string;
  /** Empty: all. */
  readonly states: ReadonlySet<StateName>;
  readonly order: Order;
  readonly folded: ReadonlySet<string>;
}

export type Row =
  | { readonly kind: 'group'; readonly group: string; readonly members: readonly ProcessView[] }
  | { readonly kind: 'process'; readonly process: ProcessView; readonly inGroup: boolean };

/** Groups stay together while sorted by name. A group with a single process of the same name has no row of its own. */
export function tableRows(
  processes: Iterable<ProcessView>,
  usage: ReadonlyMap<string, Usage>,
  { text, states, order, folded }: Choice,
): readonly Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = [...processes].filter(
    ({ id, state }) =>
      (states.size === 0 || states.has(state)) && words.every((word) => id.toLowerCase().includes(word)),
  );
  const sign = order.descending ? -1 : 1;
  const compare = comparisons[order.column];
  chosen.sort((a, b) => sign * compare(a, b, usage) || byName(a, b));
  if (order.column !== 'name') return chosen.map((process) => ({ kind: 'process', process, inGroup: false }));
  return [...Map.groupBy(chosen, ({ group }) => group)].flatMap(([group, members]) =>
    groupRows(group, members, folded),
  );
}

function groupRows(group: string, members: readonly ProcessView[], folded: ReadonlySet<string>): Row[] {
  const [first] = members;
  if (members.length === 1 && first?.name === group)
    return [{ kind: 'process', process: first, inGroup: false }];
  const head: Row = { kind: 'group', group, members };
  if (folded.has(group)) return [head];
  return [head, ...members.map((process): Row => ({ kind: 'process', process, inGroup: true }))];
}

type Compare = (a: ProcessView, b: ProcessView, usage: ReadonlyMap<string, Usage>) => number;

const collator = new Intl.Collator('en', { numeric: true });

/** States that need attention first. */
export const urgency: Readonly<Record<StateName, number>> = {
  FATAL: 0,
  UNKNOWN: 1,
  BACKOFF: 2,
  STOPPING: 3,
  STARTING: 4,
  EXITED: 5,
  STOPPED: 6,
  RUNNING: 7,
};

const comparisons: Readonly<Record<Column, Compare>> = {
  name: byName,
  state: (a, b) => urgency[a.state] - urgency[b.state],
  since: (a, b) => since(a) - since(b),
  restarts: (a, b) => a.restarts - b.restarts,
  cpu: (a, b, usage) => (usage.get(a.id)?.cpu.at(-1) ?? -1) - (usage.get(b.id)?.cpu.at(-1) ?? -1),
  memory: (a, b, usage) => (usage.get(a.id)?.memory.at(-1) ?? -1) - (usage.get(b.id)?.memory.at(-1) ?? -1),
};

function byName(a: ProcessView, b: ProcessView): number {
  return collator.compare(a.group, b.group) || collator.compare(a.name, b.name);
}

/** It runs, or will without a further request. */
export function isUp({ pid, state, waiting }: Pick<ProcessView, 'pid' | 'state' | 'waiting'>): boolean {
  return pid > 0 || state === 'BACKOFF' || waiting !== undefined;
}

/** Time of the last transition, in seconds of Unix time; 0 for never. */
export function since({ pid, started, stopped }: Pick<ProcessView, 'pid' | 'started' | 'stopped'>): number {
  return pid > 0 ? started : stopped || started;
}
