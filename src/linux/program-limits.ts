// What the kernel grants programs, where it is another thing than what the daemon has: descriptors, and how soon it kills
// them when memory is short.
import { checked } from './errno.ts';
import type { Limit } from './inherited-limits.ts';
import { libc, ptr } from './libc.ts';
import { RLIMIT_NOFILE } from './limits.ts';
import type { OwnOomScore } from './own-oom-score.ts';

export interface ProgramLimits {
  /** Of RLIMIT_NOFILE. */
  readonly descriptors: Limit;
  /** Of the daemon, where it differs from that of programs. */
  readonly ownOomScore: OwnOomScore | null;
}

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
