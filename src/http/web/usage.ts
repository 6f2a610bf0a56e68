// From the table of all processes to what whole trees of them use. Pure.
import type { ProcessRow } from '../../linux/process-table.ts';

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
 * Percent of one core, with one decimal, for roots that were there before. What a descendant took goes over to its
 * parent when it ends, so a sum falls only when somebody left the tree; that counts as nothing.
 */
export function cpuSince(
  before: TreeSums,
  now: TreeSums,
  elapsedSeconds: number,
): ReadonlyMap<number, number> {
  const used = new Map<number, number>();
  if (elapsedSeconds <= 0) return used;
  for (const [pid, { cpuSeconds }] of now) {
    const known = before.get(pid);
    if (!known) continue;
    const percent = (Math.max(0, cpuSeconds - known.cpuSeconds) / elapsedSeconds) * 100;
    used.set(pid, Math.round(percent * 10) / 10);
  }
  return used;
}
