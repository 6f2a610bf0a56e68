// What the kernel grants programs, where it is another thing than what the daemon has: descriptors, and how soon it kills
// them when memory is short.
import { readFileSync, writeFileSync } from 'node:fs';
import { checked } from './errno.ts';
import type { Limit } from './inherited-limits.ts';
import { libc, ptr } from './libc.ts';
import { RLIMIT_NOFILE } from './limits.ts';
import { isSystemError } from './system-error.ts';

export interface ProgramLimits {
  /** Of RLIMIT_NOFILE. */
  readonly descriptors: Limit;
  /** Null for the daemon's own. */
  readonly oomScoreAdjust: number | null;
}

/** Read and written by each process for itself: proc(5). */
export const oomScoreAdjustFile = '/proc/self/oom_score_adj';

/** The runtime goes no higher either. */
const maxDescriptors = 1_048_576n;

/** Our own soft limit becomes the hard one: we need several for each program. What it was is for programs. */
export function raiseOwnDescriptorLimit(): Limit {
  const cells = new BigUint64Array(2);
  checked(libc.getrlimit(RLIMIT_NOFILE, ptr(cells)), 'getrlimit');
  const [soft = 0n, hard = 0n] = cells;
  const wanted = hard < maxDescriptors ? hard : maxDescriptors;
  if (soft < wanted) {
    cells[0] = wanted;
    // A refusal leaves us with what we have.
    libc.setrlimit(RLIMIT_NOFILE, ptr(cells));
  }
  return { soft, hard };
}

/** Has the kernel kill others before us; what was set before is for programs. Null when nothing was changed. */
export function lowerOwnOomScore(wanted: number): number | null {
  try {
    const before = Number(readFileSync(oomScoreAdjustFile, 'latin1'));
    if (!Number.isInteger(before) || before <= wanted) return null;
    writeFileSync(oomScoreAdjustFile, String(wanted));
    return before;
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
