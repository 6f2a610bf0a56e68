// Resource usage of one process, from /proc (proc(5)).
import { readdirSync } from 'node:fs';
import { processStat } from './process-stat.ts';
import { textOrEmpty } from './text-or-empty.ts';

export interface ProcessUsage {
  /** In user and in kernel mode together. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Null when the process is gone. */
export function processUsage(pid: number): ProcessUsage | null {
  const stat = processStat(pid);
  return stat && { cpuSeconds: stat.cpuSeconds, residentBytes: residentBytesOf(pid) };
}

/** 0 when the process is gone. */
export function residentBytesOf(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(textOrEmpty(`/proc/${pid}/status`))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** The number of open descriptors of this process. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length - 1;
}
