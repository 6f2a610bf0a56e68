// All processes that /proc shows us, as far as it lets us look.
import { readlinkSync } from 'node:fs';
import { processStat } from '../../linux/process-stat.ts';
import { allPids } from '../../linux/process-table.ts';
import { textOrEmpty } from '../../linux/text-or-empty.ts';
import { printable } from './printable.ts';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The real one: a set-user-ID program keeps that of the user who started it. */
  readonly uid: number;
  readonly argv: readonly string[];
  /** The target of /proc/PID/exe, which the process cannot choose as it chooses argv; null when we may not look. */
  readonly executable: string | null;
  readonly threads: number;
  /** Clock ticks from the machine's start to its own (proc_pid_stat(5)). */
  readonly startedAt: number;
}

/** Without kernel threads and zombies, which have no command line. */
export function processTable(): ProcessEntry[] {
  return allPids().flatMap((pid) => entryOf(pid) ?? []);
}

/** In one line, to be shown: whoever may start a process may write anything into it. */
export function commandLine({ argv }: Pick<ProcessEntry, 'argv'>): string {
  return printable(argv.join(' ').trim());
}

/** `NAME=value` each; none when we may not look. */
export function environmentOf(pid: number): ReadonlySet<string> {
  return new Set(textOrEmpty(`/proc/${pid}/environ`).split('\0'));
}

/** Null when we may not look. */
export function workingDirectoryOf(pid: number): string | null {
  return linkOrNull(`/proc/${pid}/cwd`);
}

/** False only when it certainly lives in a container, where paths and pids mean something else. */
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

/** From the text of /proc/PID/status. The owner of /proc/PID is the effective one. */
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
