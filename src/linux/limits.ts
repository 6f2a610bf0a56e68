// Resource limits of this process: getrlimit(2), setrlimit(2).
import { checked } from './errno.ts';
import { libc, ptr } from './libc.ts';
import { openDescriptors } from './process-usage.ts';

export const RLIMIT_NPROC = 6;
export const RLIMIT_NOFILE = 7;

/** RLIM_INFINITY. */
const unlimited = 2n ** 64n - 1n;

/** `hard`: how far it could be raised. */
export type RaisedLimit =
  | { readonly outcome: 'enough' }
  | { readonly outcome: 'raised' }
  | { readonly outcome: 'refused'; readonly hard: bigint };

/**
 * Sees to it that the soft limit is at least `minimum`, raising the hard one with it where that is lower.
 * Never lowers anything. The kernel may refuse it.
 */
export function raiseLimit(resource: number, minimum: number): RaisedLimit {
  const limit = new BigUint64Array(2);
  checked(libc.getrlimit(resource, ptr(limit)), 'getrlimit');
  const [soft = unlimited, hard = unlimited] = limit;
  const wanted = BigInt(Math.max(0, minimum));
  if (soft === unlimited || soft >= wanted) return { outcome: 'enough' };
  limit[0] = wanted;
  limit[1] = hard !== unlimited && hard < wanted ? wanted : hard;
  return libc.setrlimit(resource, ptr(limit)) === 0 ? { outcome: 'raised' } : { outcome: 'refused', hard };
}

/** How many descriptors this process may have. */
export function descriptorLimit(): number {
  const limit = new BigUint64Array(2);
  checked(libc.getrlimit(RLIMIT_NOFILE, ptr(limit)), 'getrlimit');
  return limit[0] === unlimited ? Number.POSITIVE_INFINITY : Number(limit[0]);
}

/**
 * Calls `action` while the highest descriptors are out of reach, a quarter of all and at most 16: what is opened for good
 * leaves them to clients, who could not tell us to stop anything otherwise. Throws what `action` throws.
 */
export function leavingDescriptors<T>(action: () => T): T {
  const limit = new BigUint64Array(2);
  checked(libc.getrlimit(RLIMIT_NOFILE, ptr(limit)), 'getrlimit');
  const [soft = unlimited] = limit;
  const left = soft / 4n < mostLeft ? soft / 4n : mostLeft;
  const lowered = soft - left;
  limit[0] = lowered;
  checked(libc.setrlimit(RLIMIT_NOFILE, ptr(limit)), 'setrlimit');
  try {
    return action();
  } finally {
    checked(libc.getrlimit(RLIMIT_NOFILE, ptr(limit)), 'getrlimit');
    // Somebody else may have set it meanwhile (prlimit(1)).
    if (limit[0] === lowered) {
      limit[0] = soft;
      checked(libc.setrlimit(RLIMIT_NOFILE, ptr(limit)), 'setrlimit');
    }
  }
}

const mostLeft = 16n;

/** How many of them are free. */
export function freeDescriptors(): number {
  try {
    return descriptorLimit() - openDescriptors();
  } catch {
    // None is left to look with.
    return 0;
  }
}

/** How many are free beyond the half that is never to be touched. */
export function descriptorsToSpare(): number {
  return freeDescriptors() - Math.ceil(descriptorLimit() / 2);
}
