// The processes of the machine with what each has used, as /proc tells (proc(5)): one read a process.
import { readdirSync } from 'node:fs';
import { processStat } from './process-stat.ts';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** In user and kernel mode, with that of children that were waited for. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Null when there is no such process any more. */
export function processRow(pid: number): ProcessRow | null {
  const stat = processStat(pid);
  if (stat === null) return null;
  const { parent, cpuSecondsWithChildren: cpuSeconds, residentBytes } = stat;
  return { pid, parent, cpuSeconds, residentBytes };
}

/** Of this moment. */
export function allPids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}
