// All processes in /proc, as far as permissions allow.
import { readlinkSync } from 'node:fs';
import { processStat } from '../../linux/process-stat.ts';
import { allPids } from '../../linux/process-table.ts';
import { textOrEmpty } from '../../linux/text-or-empty.ts';
import { printable } from './printable.ts';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The real uid: a set-user-ID program keeps that of the user who started it. */
  readonly uid: number;
  readonly argv: readonly string[];
  /** The target of /proc/PID/exe, which unlike argv a process cannot choose; null without permission. */
  readonly executable: string | null;
  readonly threads: number;
  /** Clock ticks since boot (proc_pid_stat(5)). */
  readonly startedAt: number;
}

/** Without kernel threads and zombies, which have no command line. */
export function processTable(): ProcessEntry[] {
  return allPids().flatMap((pid) => entryOf(pid) ?? []);
}

/** As one printable line: any user can put anything into it. */
export function commandLine({ argv }: Pick<ProcessEntry, 'argv'>): string {
  return printable(argv.join(' ').trim());
}

/** Each `NAME=value`; empty without permission. */
export function environmentOf(pid: number): ReadonlySet<string> {
  return new Set(textOrEmpty(`/proc/${pid}/environ`).split('\0'));
}

/** Null without permission. */
export function workingDirectoryOf(pid: number): string | null {
  return linkOrNull(`/proc/${pid}/cwd`);
}

/** False only if it is certainly in a container, where paths and pids have other meanings. */
export function sharesOurNamespace(pid: number): boolean {
  const theirs = linkOrNull(`/proc/${pid}/ns/pid`);
  return theirs === null || theirs === linkOrNull('/proc/self/ns/pid');
}

export function isBefore(one: ProcessEntry, other: ProcessEntry): boolean {
  return one.startedAt < other.startedAt;
}

function entryOf(pid: number): ProcessEntry | null {
  const words = textOrEmpty(`/proc/${pid}/cmdline`).split('\0');
  const stat = processStat(pid);
  const uid = realUidIn(textOrEmpty(`/proc/${pid}/status`));
  if (words[0] === '' || stat === null || uid === null) return null;
  const argv = words.at(-1) === '' ? words.slice(0, -1) : words;
  const { parent, threads, startedAt } = stat;
  return { pid, parent, uid, argv, executable: linkOrNull(`/proc/${pid}/exe`), threads, startedAt };
}

/** From the text of /proc/PID/status. The owner of /proc/PID is the effective uid. */
function realUidIn(status: string): number | null {
  const uid = /^Uid:\t(\d+)/m.exec(status)?.[1];
  return uid === undefined ? null : Number(uid);
}

function linkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
