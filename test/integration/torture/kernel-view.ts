// Facts about processes from the kernel, for tests that trust nothing else.
import { readdirSync, readFileSync } from 'node:fs';

export interface KernelProcess {
  readonly pid: number;
  readonly parent: number;
  /** One letter of proc(5): `S`, `R`, `Z` for a zombie, … */
  readonly state: string;
  readonly name: string;
}

/** All there are at this moment. */
function allProcesses(): KernelProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)) ?? []);
}

/** Null when there is none with this pid. */
export function processOf(pid: number): KernelProcess | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    return { pid, parent: Number(parent), state, name };
  } catch {
    return null;
  }
}

export function childrenOf(pid: number): KernelProcess[] {
  return allProcesses().filter(({ parent }) => parent === pid);
}

/** Alive: there, and no zombie. */
export function isAlive(pid: number): boolean {
  const found = processOf(pid);
  return found !== null && found.state !== 'Z';
}

export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
