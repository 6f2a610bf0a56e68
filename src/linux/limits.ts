// Resource limits of this process: getrlimit(2), setrlimit(2).
import { checked } from './errno.ts';
import { libc, ptr } from './libc.ts';

export const RLIMIT_NPROC = 6;
export const RLIMIT_NOFILE = 7;

/** RLIM_INFINITY. */
const unlimited = 2n ** 64n - 1n;

/**
 * Sees to it that the soft limit is at least `minimum`, raising the hard one with it where that is lower.
 * Never lowers anything. False when the kernel refuses.
 */
export function raiseLimit(resource: number, minimum: number): 'enough' | 'raised' | 'refused' {
  const limit = new BigUint64Array(2);
  checked(libc.getrlimit(resource, ptr(limit)), 'getrlimit');
  const [soft = unlimited, hard = unlimited] = limit;
  const wanted = BigInt(Math.max(0, minimum));
  if (soft === unlimited || soft >= wanted) return 'enough';
  limit[0] = wanted;
  limit[1] = hard !== unlimited && hard < wanted ? wanted : hard;
  return libc.setrlimit(resource, ptr(limit)) === 0 ? 'raised' : 'refused';
}
