// What whole programs take of the machine: everything in the cgroup of a process, or the process and its descendants.
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
  const started = performance.now();
  const running = processes.filter(({ pid }) => pid > 0);
  const byCgroup = new Map(running.map((process) => [process, process.cgroupUsage]));
  const others = running.filter((process) => byCgroup.get(process) === null);
  const ownMs = performance.now() - started;
  const { rows, busyMs } = others.length > 0 ? await readTable() : { rows: [], busyMs: 0 };
  const sums = sumTrees(
    rows,
    others.map(({ pid }) => pid),
  );
  const usages = new Map<Process, ProgramUsage>();
  for (const process of running) {
    const whole = byCgroup.get(process);
    const tree = sums.get(process.pid);
    if (whole) usages.set(process, { ...whole, isWhole: true });
    else if (tree) usages.set(process, { ...tree, isWhole: false });
  }
  return { usages, busyMs: ownMs + busyMs };
}
