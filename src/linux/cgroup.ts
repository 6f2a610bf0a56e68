// Operations on one cgroup (v2, cgroups(7)), named by its directory: create, enter, read usage, kill, remove.
// own-cgroup.ts decides which cgroups may be used.
import { mkdirSync, openSync, readdirSync, rmdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalMembers } from './process-handle.ts';
import { processRow } from './process-table.ts';
import { isSystemError } from './system-error.ts';
import { textOrEmpty } from './text-or-empty.ts';

export interface CgroupUsage {
  /** Of all processes in it since its creation. */
  readonly cpuSeconds: number;
  /** Of the processes in it now. */
  readonly residentBytes: number;
}

/** False when it existed already. Throws the error of mkdir(2). */
export function createCgroup(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes its child cgroups first. False when a process still runs in one of them. */
export function removeCgroup(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return true;
  }
  const beneath = cgroupsIn(directory);
  return beneath.length > 0 && beneath.every(removeCgroup) && removeCgroup(directory);
}

/** Its child cgroups; none when it is gone. */
export function cgroupsIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
  } catch {
    return [];
  }
}

/** The processes in it, without child cgroups. A process outside this PID namespace is 0. */
export function pidsIn(directory: string): number[] {
  return textOrEmpty(join(directory, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
}

/**
 * Opens cgroup.procs for writing: a process enters the cgroup by writing `0` to it (cgroups(7)).
 * Throws the error of open(2).
 */
export function openEntrance(directory: string): number {
  return openSync(join(directory, 'cgroup.procs'), 'w');
}

/** Moves a process with all its threads, but without its children. Throws the error of write(2). */
export function moveInto(directory: string, pid: number): void {
  writeFileSync(join(directory, 'cgroup.procs'), String(pid));
}

/** Sends SIGKILL to every process in it and its child cgroups. */
export function killCgroup(directory: string): void {
  try {
    writeFileSync(join(directory, 'cgroup.kill'), '1');
  } catch {
    // cgroup.kill exists since Linux 5.14.
    killOneByOne(directory);
  }
}

/** Resolves to true when no process is left in it, or to false after `limitMs`. Event-driven (cgroup.events). */
export async function untilEmpty(directory: string, limitMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, limitMs, false);
  const check = () => {
    if (isEmpty(directory)) resolve(true);
  };
  const watcher = watchOrNull(join(directory, 'cgroup.events'), check);
  // It may have become empty before the watch was set up.
  check();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    watcher?.close();
  }
}

/** Null when it is gone. */
export function cgroupUsage(directory: string): CgroupUsage | null {
  const microseconds = cpuMicroseconds(textOrEmpty(join(directory, 'cpu.stat')));
  if (microseconds === null) return null;
  return { cpuSeconds: microseconds / 1e6, residentBytes: residentBytesIn(directory) };
}

/** Parses cpu.stat: user and kernel mode together; null when it has no such line. */
export function cpuMicroseconds(stat: string): number | null {
  return keyed(stat, 'usage_usec');
}

function keyed(text: string, key: string): number | null {
  const value = new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1];
  return value === undefined ? null : Number(value);
}

function residentBytesIn(directory: string): number {
  return treeOf(directory).reduce((sum, pid) => sum + (processRow(pid)?.residentBytes ?? 0), 0);
}

function isEmpty(directory: string): boolean {
  return keyed(textOrEmpty(join(directory, 'cgroup.events')), 'populated') !== 1;
}

/** Further rounds catch processes that were forked during the read. */
const maxRounds = 100;

/** killCgroup for kernels without cgroup.kill. */
export function killOneByOne(directory: string): void {
  const killed = new Set<number>();
  for (let round = 0; round < maxRounds; round += 1) {
    // kill(0) would signal the daemon's own process group.
    const left = treeOf(directory).filter((pid) => pid > 1 && pid !== process.pid && !killed.has(pid));
    if (left.length === 0) return;
    signalMembers(left, SIGKILL, () => new Set(treeOf(directory)));
    for (const pid of left) killed.add(pid);
  }
}

const SIGKILL = 9;

function treeOf(directory: string): number[] {
  return [...pidsIn(directory), ...cgroupsIn(directory).flatMap(treeOf)];
}

/** Best effort: without a watch the timeout decides. */
function watchOrNull(file: string, onChange: () => void) {
  try {
    return watch(file, onChange).on('error', () => {});
  } catch {
    return null;
  }
}
