// Limits of programs that differ from the daemon's: descriptors and OOM score.
import { checked } from './errno.ts';
import type { Limit } from './inherited-limits.ts';
import { libc, ptr } from './libc.ts';
import { RLIMIT_NOFILE } from './limits.ts';
import type { OwnOomScore } from './own-oom-score.ts';

export interface ProgramLimits {
  /** RLIMIT_NOFILE. */
  readonly descriptors: Limit;
  /** The daemon's OOM score, when it differs from that of programs. */
  readonly ownOomScore: OwnOomScore | null;
}

/** The runtime raises it no further either. */
const maxDescriptors = 1_048_576n;

/**
 * Raises the daemon's soft limit to the hard one, because it needs several descriptors per program. Programs get the
 * old one.
 */
export function raiseOwnDescriptorLimit(): Limit {
  const cells = new BigUint64Array(2);
  checked(libc.getrlimit(RLIMIT_NOFILE, ptr(cells)), 'getrlimit');
  const [soft = 0n, hard = 0n] = cells;
  const wanted = hard < maxDescriptors ? hard : maxDescriptors;
  if (soft < wanted) {
    cells[0] = wanted;
    // Best effort: the daemon can run with the lower limit.
    libc.setrlimit(RLIMIT_NOFILE, ptr(cells));
  }
  return { soft, hard };
}
