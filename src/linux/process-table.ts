// The process table with the usage of each process, from /proc (proc(5)): one read per process.
import { readdirSync } from 'node:fs';
import { processStat } from './process-stat.ts';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** In user and kernel mode, including reaped children. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Null when the process is gone. */
export function processRow(pid: number): ProcessRow | null {
  const stat = processStat(pid);
  if (stat === null) return null;
  const { parent, cpuSecondsWithChildren: cpuSeconds, residentBytes } = stat;
  return { pid, parent, cpuSeconds, residentBytes };
}

/** A sample. */
export function allPids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}
