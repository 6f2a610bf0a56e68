// Resource usage of a process and its descendants, from /proc.
import { readdirSync } from 'node:fs';
import { checked } from './errno.ts';
import { libc } from './libc.ts';
import { processStat } from './process-stat.ts';
import type { ProcessRow } from './process-table.ts';
import { residentBytesOf } from './process-usage.ts';
import { textOrEmpty } from './text-or-empty.ts';

export interface TreeSum {
  /** Of the tree's root; identifies it, because a pid may be reused but not together with the start time. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Keyed by the pid of the root. */
export type TreeSums = ReadonlyMap<number, TreeSum>;

/** Sums each root with its descendants; omits roots that are not in the table. */
export function sumTrees(rows: readonly ProcessRow[], roots: readonly number[]): TreeSums {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const children = Map.groupBy(rows, ({ parent }) => parent);
  const sums = new Map<number, TreeSum>();
  for (const root of roots) {
    const first = byPid.get(root);
    if (!first) continue;
    let [cpuSeconds, residentBytes] = [0, 0];
    const left = [first];
    for (let row = left.pop(); row; row = left.pop()) {
      cpuSeconds += row.cpuSeconds;
      residentBytes += row.residentBytes;
      left.push(...(children.get(row.pid) ?? []));
    }
    sums.set(root, { cpuSeconds, residentBytes });
  }
  return sums;
}

/**
 * Resident memory of `pid` and its descendants in bytes, to be added up: one value per file read, so that the caller can
 * yield within a program of thousands of threads. Processes that exit meanwhile count as 0.
 */
export function* residentBytesOfTree(pid: number): Generator<number> {
  const left = [pid];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    yield residentBytesOf(next);
    for (const thread of threadsOf(next)) {
      left.push(...childrenOfThread(next, thread));
      yield 0;
    }
  }
}

/** Whether `pid` is a descendant of `ancestor`. */
export function isDescendant(pid: number, ancestor: number): boolean {
  for (const { parent } of lineage(pid)) if (parent === ancestor) return true;
  return false;
}

/**
 * A process and its ancestors, nearest first, with the parent of each. Bounded, so that a program cannot make it long. An
 * ancestor is older than its descendants: a younger process has got the pid of one that is gone.
 */
export function* lineage(pid: number): Generator<{ readonly pid: number; readonly parent: number }> {
  let startedAt = Number.POSITIVE_INFINITY;
  for (let [next, generation] = [pid, 0]; next > 0 && generation < maxGenerations; generation += 1) {
    const stat = processStat(next);
    if (stat === null || stat.startedAt > startedAt) return;
    yield { pid: next, parent: stat.parent };
    startedAt = stat.startedAt;
    next = stat.parent;
  }
}

const maxGenerations = 64;

/**
 * Makes this process a subreaper (PR_SET_CHILD_SUBREAPER), or no longer: orphaned descendants become its children, so
 * that daemonised processes stay descendants. It must reap them.
 */
export function adoptOrphans(wanted = true): void {
  checked(libc.prctl(PR_SET_CHILD_SUBREAPER, wanted ? 1n : 0n, 0n, 0n, 0n), 'prctl');
}

const PR_SET_CHILD_SUBREAPER = 36;

/** Reaps exited children, except the one that another caller waits for. */
export function reapOrphans(but: number): void {
  for (const pid of childrenOf(process.pid)) if (pid !== but) libc.waitpid(pid, null, WNOHANG);
}

const WNOHANG = 1;

/** /proc lists a child under the thread that started it. */
function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) => childrenOfThread(pid, thread));
}

function childrenOfThread(pid: number, thread: string): number[] {
  const children = textOrEmpty(`/proc/${pid}/task/${thread}/children`);
  return children.split(' ').filter(Boolean).map(Number);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
