// The processes of the machine with what each has used, as /proc tells (proc(5)): one read a process.
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** In user and kernel mode, with that of children that were waited for. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Null when there is no such process any more. */
export function processRow(pid: number): ProcessRow | null {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null;
  }
}

/** Of this moment. */
export function allPids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** The name stands in parentheses and may hold anything, parentheses too. */
function parseStat(pid: number, stat: string): ProcessRow {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = CPU_FIELDS.reduce((sum, place) => sum + Number(fields[place]), 0);
  return {
    pid,
    parent: Number(fields[PARENT]),
    cpuSeconds: ticks / TICKS_PER_SECOND,
    residentBytes: Number(fields[RESIDENT_PAGES]) * pageBytes(),
  };
}

/** Places of the fields behind the name. */
const PARENT = 1;
/** utime, stime, cutime, cstime. */
const CPU_FIELDS = [11, 12, 13, 14];
const RESIDENT_PAGES = 21;
/** USER_HZ, which is 100 on every architecture we run on. */
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
