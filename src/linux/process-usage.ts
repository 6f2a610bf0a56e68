// What one process has used so far, as /proc tells (proc(5)).
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** In user and in kernel mode together. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Null when there is no such process any more. */
export function processUsage(pid: number): ProcessUsage | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    // The name stands in parentheses and may hold anything, parentheses too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[UTIME]) + Number(fields[STIME]);
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    return { cpuSeconds: ticks / TICKS_PER_SECOND, residentBytes: kilobytes * 1024 };
  } catch {
    return null;
  }
}

/** How many descriptors this process has open. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length - 1;
}

/** Places of the fields behind the name. */
const UTIME = 11;
const STIME = 12;
/** USER_HZ, which is 100 on every architecture we run on. */
const TICKS_PER_SECOND = 100;
