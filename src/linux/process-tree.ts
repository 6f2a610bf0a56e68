// What a process and all its descendants take of the machine, as /proc tells.
import { readdirSync } from 'node:fs';
import { checked } from './errno.ts';
import { libc } from './libc.ts';
import { processStat } from './process-stat.ts';
import type { ProcessRow } from './process-table.ts';
import { residentBytesOf } from './process-usage.ts';
import { textOrEmpty } from './text-or-empty.ts';

export interface TreeSum {
  /** Of the tree's root: a pid may come back as another process, but hardly with less behind it. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** By the pid of the tree's root. */
export type TreeSums = ReadonlyMap<number, TreeSum>;

/** Each root with all its descendants; roots that are not in the table are left out. */
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
 * Resident memory of `pid` and its descendants, in bytes that are to be added up: a piece for each file that is read,
 * so that the reader of a program with thousands of threads can pause. What ends meanwhile counts nothing.
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

/** Whether `pid` was started by `ancestor`, or by what that has started. */
export function isDescendant(pid: number, ancestor: number): boolean {
  const seen = new Set<number>();
  for (let next = processStat(pid)?.parent ?? 0; next > 0 && !seen.has(next); ) {
    if (next === ancestor) return true;
    seen.add(next);
    next = processStat(next)?.parent ?? 0;
  }
  return false;
}

/**
 * From now on descendants of ours whose parent ends become our children (PR_SET_CHILD_SUBREAPER), so that whatever goes
 * into the background stays a descendant. They are ours to reap.
 */
export function adoptOrphans(): void {
  checked(libc.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n), 'prctl');
}

const PR_SET_CHILD_SUBREAPER = 36;

/** Takes ended children off the kernel's table, but for the one that somebody else waits for. */
export function reapOrphans(but: number): void {
  for (const pid of childrenOf(process.pid)) if (pid !== but) libc.waitpid(pid, null, WNOHANG);
}

const WNOHANG = 1;

/** A child belongs to the thread that started it. */
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
