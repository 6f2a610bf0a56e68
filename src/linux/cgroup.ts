// What can be done with one cgroup of the v2 hierarchy (cgroups(7)): made, entered, counted, killed, removed.
// It is named by its directory. Whether it is ours to use is not known here.
import { mkdirSync, openSync, readdirSync, rmdirSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalMembers } from './process-handle.ts';
import { processRow } from './process-table.ts';
import { isSystemError } from './system-error.ts';
import { textOrEmpty } from './text-or-empty.ts';

export interface CgroupUsage {
  /** Of everything that ever ran in it since it was made. */
  readonly cpuSeconds: number;
  /** Of all that is in it now. */
  readonly residentBytes: number;
}

/** False when it was there already. Throws the system's error. */
export function createCgroup(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Takes those beneath it away first. False when something still runs in one of them. */
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

/** The cgroups directly beneath it; none when it is gone. */
export function cgroupsIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
  } catch {
    return [];
  }
}

/** The processes in it, not those in cgroups beneath it. One that our pid namespace does not know is 0. */
export function pidsIn(directory: string): number[] {
  return textOrEmpty(join(directory, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
}

/**
 * A descriptor by which processes can be moved into it: each takes itself there by writing `0` (cgroups(7)).
 * Throws the system's error.
 */
export function openEntrance(directory: string): number {
  return openSync(join(directory, 'cgroup.procs'), 'w');
}

/** Moves a process with all its threads, but without its children. Throws the system's error. */
export function moveInto(directory: string, pid: number): void {
  writeFileSync(join(directory, 'cgroup.procs'), String(pid));
}

/** SIGKILL to everything in it and beneath it. */
export function killCgroup(directory: string): void {
  try {
    writeFileSync(join(directory, 'cgroup.kill'), '1');
  } catch {
    // Kernels before 5.14 have no such file.
    killOneByOne(directory);
  }
}

/** Resolves when nothing runs in it any more, to true; or after `limitMs`, to false. Sleeps meanwhile. */
export async function untilEmpty(directory: string, limitMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, limitMs, false);
  const look = () => {
    if (isEmpty(directory)) resolve(true);
  };
  const watcher = watchOrNull(join(directory, 'cgroup.events'), look);
  // It may have emptied before it was watched.
  look();
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

/** From the text of cpu.stat: in user and kernel mode together; null when it does not tell. */
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

/** More rounds than one are for what was forked while we read. */
const maxRounds = 100;

/** What killCgroup does where the kernel does not do it by itself. */
export function killOneByOne(directory: string): void {
  const killed = new Set<number>();
  for (let round = 0; round < maxRounds; round += 1) {
    // 0 would be ourselves and our process group.
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

/** Without a watch the time limit decides. */
function watchOrNull(file: string, onChange: () => void) {
  try {
    return watch(file, onChange).on('error', () => {});
  } catch {
    return null;
  }
}
