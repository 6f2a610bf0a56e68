// The boot, as far as the last start of each process tells: how long each took to be ready, and which chain of
// dependencies took longest. Pure.
import { conditionOf, type Dependencies, type Dependent, type Need } from '../config/dependencies.ts';
import { type Condition, formatSelector } from '../config/values/dependencies.ts';
import type { Lifecycle } from './lifecycle/process-state.ts';
import type { StartTimes } from './lifecycle/start-times.ts';

/** A start that is requested this long after the last process was ready is no part of the boot. */
const maxGapMs = 1000;

export interface Starter extends Dependent {
  readonly life: Lifecycle;
}

/** Times are milliseconds of the processes' clock. */
export interface Boot<T> {
  /** When the daemon began to start programs. */
  readonly beganAt: number;
  /** Of all processes that were ever started, in the given order. */
  readonly starts: readonly BootStart<T>[];
  /** When the last process of the boot was ready; null if none was. */
  readonly readyAt: number | null;
  /** No process of the boot is still starting. */
  readonly isOver: boolean;
  /** From the process that was ready last back to one that did not wait. */
  readonly chain: readonly ChainLink<T>[];
}

export interface BootStart<T> {
  readonly process: T;
  readonly times: StartTimes;
  /** As of doneAtOf. */
  readonly doneAt: number | null;
  /** Whether it was started in the boot, not later. */
  readonly isOfBoot: boolean;
}

export interface ChainLink<T> {
  readonly start: BootStart<T>;
  /** The condition that the next link had to meet; null for the last link. */
  readonly waitedFor: Condition | null;
}

/** `beganAt`: when the daemon began to start programs. */
export function analyseBoot<T extends Starter>(
  processes: readonly T[],
  dependencies: Dependencies<T>,
  beganAt: number,
): Boot<T> {
  const starts = withBoot(processes.flatMap(startOf), beganAt);
  const ofBoot = starts.filter(({ isOfBoot }) => isOfBoot);
  const last = latest(ofBoot, ({ doneAt }) => doneAt);
  return {
    beganAt,
    starts,
    readyAt: last?.doneAt ?? null,
    isOver: !ofBoot.some(({ process: { life }, doneAt }) => doneAt === null && isUnderWay(life)),
    chain: last ? chainFrom(last, starts, dependencies) : [],
  };
}

/** When the last start of a process was ready or, for a one-shot, completed; null until then. */
export function doneAtOf({ life, config }: Starter): number | null {
  if (!config.extensions.oneshot) return life.start?.readyAt ?? null;
  return life.state.name === 'EXITED' && life.spawnError === '' ? life.leftRunningAt : null;
}

type Start<T> = Omit<BootStart<T>, 'isOfBoot'>;

function startOf<T extends Starter>(process: T): Start<T>[] {
  const { start: times } = process.life;
  return times ? [{ process, times, doneAt: doneAtOf(process) }] : [];
}
function isUnderWay({ state }: Lifecycle): boolean {
  return state.name === 'STARTING' || state.name === 'BACKOFF' || state.name === 'RUNNING';
}

/** The boot goes on as long as starts follow each other without a gap. */
function withBoot<T>(starts: readonly Start<T>[], beganAt: number): BootStart<T>[] {
  let end = beganAt;
  for (const { times, doneAt } of starts.toSorted((a, b) => a.times.requestedAt - b.times.requestedAt)) {
    if (times.requestedAt > end + maxGapMs) break;
    end = Math.max(end, times.requestedAt, doneAt ?? 0);
  }
  return starts.map((start) => ({ ...start, isOfBoot: start.times.requestedAt <= end }));
}

function chainFrom<T extends Starter>(
  last: BootStart<T>,
  starts: readonly BootStart<T>[],
  dependencies: Dependencies<T>,
): ChainLink<T>[] {
  const chain: ChainLink<T>[] = [];
  const remaining = new Map(starts.map((start) => [start.process, start]));
  for (let start: BootStart<T> | undefined = last; start; ) {
    remaining.delete(start.process);
    const need: Met<T> | null = lastMet(start, dependencies.needsOf(start.process));
    chain.push({ start, waitedFor: need?.condition ?? null });
    start = need ? remaining.get(need.process) : undefined;
  }
  return chain;
}

interface Met<T> {
  readonly process: T;
  readonly condition: Condition;
  readonly metAt: number | null;
}

/** Null if it did not wait, or if what it waited for has been started again since. */
function lastMet<T extends Starter>({ times }: BootStart<T>, needs: readonly Need<T>[]): Met<T> | null {
  const { spawnedAt } = times;
  if (spawnedAt === null) return null;
  const names = new Set(times.waitedFor.map(({ name }) => name));
  const met = needs
    .filter(
      ({ target: { selector, members } }) =>
        names.has(formatSelector(selector)) || members.some((member) => names.has(nameOf(member))),
    )
    .flatMap((need) =>
      need.target.members.map((process): Met<T> => {
        const condition = conditionOf(need, process);
        return { process, condition, metAt: metAt(process.life, condition) };
      }),
    )
    .filter(({ metAt }) => metAt !== null && metAt <= spawnedAt);
  return latest(met, ({ metAt }) => metAt);
}

/** When it met the condition, as far as its last start tells. */
function metAt({ start, state, leftRunningAt }: Lifecycle, condition: Condition): number | null {
  switch (condition) {
    case 'started':
      return start?.spawnedAt ?? null;
    case 'ready':
    case 'healthy':
      return start?.readyAt ?? null;
    case 'completed':
    case 'ended':
      return state.name === 'EXITED' ? leftRunningAt : null;
  }
}

function nameOf({ group, config: { name } }: Dependent): string {
  return group === name ? name : `${group}:${name}`;
}

/** The first of those with the greatest time. */
function latest<Item>(items: readonly Item[], timeOf: (item: Item) => number | null): Item | null {
  let best: Item | null = null;
  let bestTime = -Infinity;
  for (const item of items) {
    const time = timeOf(item) ?? -Infinity;
    if (time > bestTime) [best, bestTime] = [item, time];
  }
  return best;
}
