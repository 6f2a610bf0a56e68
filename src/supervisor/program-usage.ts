// What whole programs take of the machine: everything in the cgroup of a process, or the process and its descendants.
import type { CgroupUsage } from '../linux/cgroup.ts';
import { inBursts } from '../linux/in-bursts.ts';
import { readTable } from '../linux/process-table.ts';
import { sumTrees, type TreeSum } from '../linux/process-tree.ts';
import type { Process } from './process.ts';

export interface ProgramUsage extends TreeSum {
  /** False: what has left its parents, as daemons do, is not counted. */
  readonly isWhole: boolean;
}

export interface Usages {
  /** Of those that run, in the order they were given. */
  readonly usages: ReadonlyMap<Process, ProgramUsage>;
  /** How long it kept the event loop from others, in milliseconds. */
  readonly busyMs: number;
}

/** The table of all processes is read only where somebody has no cgroup. */
export async function usageOf(processes: readonly Process[]): Promise<Usages> {
  const running = processes.filter(({ pid }) => pid > 0);
  const wholes = new Map<Process, CgroupUsage>();
  const cgroupsMs = await inBursts(running, (process) => {
    const whole = process.cgroupUsage;
    if (whole) wholes.set(process, whole);
  });
  const others = running.filter((process) => !wholes.has(process));
  const { rows, busyMs } = others.length > 0 ? await readTable() : { rows: [], busyMs: 0 };
  const trees = sumTrees(
    rows,
    others.map(({ pid }) => pid),
  );
  const usages = new Map<Process, ProgramUsage>();
  for (const process of running) {
    const whole = wholes.get(process);
    const tree = trees.get(process.pid);
    if (whole) usages.set(process, { ...whole, isWhole: true });
    else if (tree) usages.set(process, { ...tree, isWhole: false });
  }
  return { usages, busyMs: cgroupsMs + busyMs };
}
