// What a process and all its descendants take of the machine, as /proc tells.
import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory in bytes of `pid` and its descendants; who ends meanwhile counts nothing. */
export function residentBytesOfTree(pid: number): number {
  let total = 0;
  const left = [pid];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    total += residentBytes(next);
    left.push(...childrenOf(next));
  }
  return total;
}

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** A child belongs to the thread that started it. */
function childrenOf(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  return threadsOf(tasks).flatMap((thread) =>
    readOrEmpty(`${tasks}/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(tasks: string): string[] {
  try {
    return readdirSync(tasks);
  } catch {
    return [];
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // The process ended between two looks.
    return '';
  }
}
