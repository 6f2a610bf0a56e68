// CPU usage between two samples. Pure.
import type { TreeSums } from '../../linux/process-tree.ts';

/**
 * Percent of one core, with one decimal, for roots in both samples. A descendant's CPU time is added to its parent
 * when it exits, so a sum decreases only if a process left the tree; that counts as zero.
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
