// `max_memory`: a process whose tree takes more than that is restarted.
import { residentBytesOfTree } from '../linux/process-tree.ts';
import type { Look } from './health-monitor.ts';

/** How often it is looked at. */
export const memoryLookMs = 10_000;

export function memoryAbove(maxBytes: number): Look {
  return ({ pid, cgroupUsage }) => {
    const bytes = cgroupUsage?.residentBytes ?? residentBytesOfTree(pid);
    return bytes > maxBytes ? `it takes ${megabytes(bytes)}, max_memory is ${megabytes(maxBytes)}` : null;
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
