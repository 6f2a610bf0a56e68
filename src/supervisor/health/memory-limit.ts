// `max_memory`: restarts a process whose process tree has more resident memory.
import { TimeSlice } from '../../event-loop/time-slice.ts';
import { residentBytesOfTree } from '../../linux/process-tree.ts';
import type { HealthProbe } from './health-monitor.ts';

/** Interval between two measurements. */
export const memoryProbeMs = 10_000;

export function memoryAbove(maxBytes: number): HealthProbe {
  return async ({ pid, cgroupUsage }) => {
    const bytes = cgroupUsage?.residentBytes ?? (await residentBytesOf(pid));
    return bytes > maxBytes ? `it takes ${megabytes(bytes)}, max_memory is ${megabytes(maxBytes)}` : null;
  };
}

async function residentBytesOf(pid: number): Promise<number> {
  const timeSlice = new TimeSlice();
  let total = 0;
  for (const bytes of residentBytesOfTree(pid)) {
    total += bytes;
    if (timeSlice.isOver) await timeSlice.next();
  }
  return total;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
