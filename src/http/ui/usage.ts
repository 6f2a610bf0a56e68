// How busy programs have been between two looks. Pure.
import type { TreeSums } from '../../linux/process-tree.ts';

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
