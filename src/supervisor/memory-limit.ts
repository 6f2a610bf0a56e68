// `max_memory`: a process whose tree takes more than that is restarted.
import { residentBytesOfTree } from '../linux/process-tree.ts';
import type { HealthProbe } from './health-monitor.ts';

/** How often memory is measured. */
export const memoryProbeMs = 10_000;

export function memoryAbove(maxBytes: number): HealthProbe {
  return ({ pid, cgroupUsage }) => {
    const bytes = cgroupUsage?.residentBytes ?? residentBytesOfTree(pid);
    return bytes > maxBytes ? `it takes ${megabytes(bytes)}, max_memory is ${megabytes(maxBytes)}` : null;
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
