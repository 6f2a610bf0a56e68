// /proc/PID/stat: the facts about one process in one line (proc_pid_stat(5)).
import { readFileSync } from 'node:fs';

export interface ProcessStat {
  readonly parent: number;
  /** It has begun to exit: its descriptors are closed before it can be reaped. */
  readonly isExiting: boolean;
  readonly processGroup: number;
  readonly threads: number;
  /** In user and kernel mode. */
  readonly cpuSeconds: number;
  /** Including reaped descendants. */
  readonly cpuSecondsWithChildren: number;
  /** Clock ticks from boot to its start. */
  readonly startedAt: number;
  /** How it exited, in the encoding of wait(2); 0 while it runs, and to users who may not see it. */
  readonly waitStatus: number;
  /** Inaccurate by some pages, because the kernel batches the counters per thread. */
  readonly residentBytes: number;
}

/** Null when the process is gone or /proc denies access. */
export function processStat(pid: number): ProcessStat | null {
  try {
    return parse(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null;
  }
}

/** The name is in parentheses and may contain parentheses itself. */
function parse(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const of = (field: number): number => Number(fields[field]);
  const ticks = of(UTIME) + of(STIME);
  return {
    parent: of(PPID),
    isExiting: (of(FLAGS) & PF_EXITING) !== 0,
    processGroup: of(PGRP),
    threads: of(NUM_THREADS),
    cpuSeconds: ticks / TICKS_PER_SECOND,
    cpuSecondsWithChildren: (ticks + of(CUTIME) + of(CSTIME)) / TICKS_PER_SECOND,
    startedAt: of(STARTTIME),
    waitStatus: of(EXIT_CODE),
    residentBytes: of(RSS) * pageBytes(),
  };
}

/** Indices of the fields after the name. */
const PPID = 1;
const PGRP = 2;
const FLAGS = 6;
const UTIME = 11;
const STIME = 12;
const CUTIME = 13;
const CSTIME = 14;
const NUM_THREADS = 17;
const STARTTIME = 19;
const RSS = 21;
const EXIT_CODE = 49;

/** Of the kernel's include/linux/sched.h. */
const PF_EXITING = 0x4;

/** USER_HZ, which is 100 on every supported architecture. */
const TICKS_PER_SECOND = 100;

/** Type of the page size in the auxiliary vector (getauxval(3)), whose entries are two 64-bit words. */
const AT_PAGESZ = 6n;
let knownPageBytes = 0;

function pageBytes(): number {
  if (knownPageBytes > 0) return knownPageBytes;
  const vector = readFileSync('/proc/self/auxv');
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === AT_PAGESZ) knownPageBytes = Number(vector.readBigUInt64LE(at + 8));
  }
  return knownPageBytes;
}
