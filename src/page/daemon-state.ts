// The page's copy of the daemon's state, and its updates. Pure.
import type { FeedEvents, OrderView, ProcessView, ServerView, UsageSample } from '../http/ui/api-types.ts';

export type Connection = 'connecting' | 'up' | 'lost';

/** Samples of the last minutes, oldest first. */
export interface Usage {
  readonly cpu: readonly number[];
  readonly memory: readonly number[];
}

export interface Live {
  readonly connection: Connection;
  readonly server: ServerView | null;
  /** Keyed by id. An unchanged process keeps its object identity. */
  readonly processes: ReadonlyMap<string, ProcessView>;
  /** Null without dependencies. */
  readonly order: OrderView | null;
  readonly usage: ReadonlyMap<string, Usage>;
  readonly load: readonly number[];
  /** Offset of the daemon's clock from ours, in seconds. */
  readonly clockAhead: number;
}

export const nothingKnown: Live = {
  connection: 'connecting',
  server: null,
  processes: new Map(),
  order: null,
  usage: new Map(),
  load: [],
  clockAhead: 0,
};

/** Three minutes at one sample every two seconds. */
export const keptSamples = 90;

/** `now`: our own clock in seconds. */
export function withEverything(
  live: Live,
  { server, processes, order }: FeedEvents['all'],
  now: number,
): Live {
  return {
    ...withServer(live, server, now),
    connection: 'up',
    processes: new Map(processes.map((process) => [process.id, process])),
    order: order ?? null,
  };
}

export function withServer(live: Live, server: ServerView, now: number): Live {
  return { ...live, server, clockAhead: server.now - now };
}

/** Unknown processes belong to a group that will be announced next. */
export function withProcesses(live: Live, changed: readonly ProcessView[]): Live {
  const processes = new Map(live.processes);
  for (const process of changed) if (processes.has(process.id)) processes.set(process.id, process);
  return { ...live, processes };
}

/** A process missing from the sample is not running and uses nothing. */
export function withUsage(live: Live, { load, rows }: UsageSample): Live {
  const usage = new Map<string, Usage>();
  for (const [id, cpu, memory] of rows) {
    const known = live.usage.get(id);
    usage.set(id, { cpu: appended(known?.cpu, cpu), memory: appended(known?.memory, memory) });
  }
  return { ...live, load, usage };
}

function appended(values: readonly number[] = [], value: number): readonly number[] {
  return [...values.slice(1 - keptSamples), value];
}
