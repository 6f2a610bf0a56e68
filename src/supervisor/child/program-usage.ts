// Resource usage of whole programs: everything in the cgroup of a process, else the process and its descendants.
import { TimeSlice } from '../../event-loop/time-slice.ts';
import type { CgroupUsage } from '../../linux/cgroup.ts';
import { allPids, type ProcessRow, processRow } from '../../linux/process-table.ts';
import { sumTrees, type TreeSum } from '../../linux/process-tree.ts';
import type { Process } from '../process.ts';

export interface ProgramUsage extends TreeSum {
  /** False when processes that were reparented, like daemons, are not counted. */
  readonly isWhole: boolean;
}

export interface Usages {
  /** Of the running processes, in the given order. */
  readonly usages: ReadonlyMap<Process, ProgramUsage>;
  /** Milliseconds for which it occupied the event loop. */
  readonly busyMs: number;
}

/** Shorter than other time slices: it runs every two seconds while a client watches. */
const maxSliceMs = 10;

/** Reads the process table only when a process has no cgroup. */
export async function usageOf(processes: readonly Process[]): Promise<Usages> {
  const running = processes.filter(({ pid }) => pid > 0);
  const wholes = new Map<Process, CgroupUsage>();
  const timeSlice = new TimeSlice(maxSliceMs);
  for (const process of running) {
    const whole = process.cgroupUsage;
    if (whole) wholes.set(process, whole);
    if (timeSlice.isOver) await timeSlice.next();
  }
  const others = running.filter((process) => !wholes.has(process));
  const rows = others.length > 0 ? await readTable(timeSlice) : [];
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
  return { usages, busyMs: timeSlice.busyMs };
}

async function readTable(timeSlice: TimeSlice): Promise<readonly ProcessRow[]> {
  const rows: ProcessRow[] = [];
  for (const pid of allPids()) {
    const row = processRow(pid);
    if (row) rows.push(row);
    if (timeSlice.isOver) await timeSlice.next();
  }
  return rows;
}
