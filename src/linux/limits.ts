// Resource limits of this process: getrlimit(2), setrlimit(2).
import { checked } from './errno.ts';
import { libc, ptr } from './libc.ts';
import { openDescriptors } from './process-usage.ts';

export const RLIMIT_NPROC = 6;
export const RLIMIT_NOFILE = 7;

/** RLIM_INFINITY. */
const unlimited = 2n ** 64n - 1n;

/** `hard`: the upper bound of `soft`. */
export type RaisedLimit =
  | { readonly outcome: 'enough' }
  | { readonly outcome: 'raised' }
  | { readonly outcome: 'refused'; readonly hard: bigint };

/**
 * Raises the soft limit to at least `minimum`, and the hard one with it where that is lower.
 * Never lowers a limit. The kernel may refuse.
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

/** The descriptor limit of this process. */
export function descriptorLimit(): number {
  const limit = new BigUint64Array(2);
  checked(libc.getrlimit(RLIMIT_NOFILE, ptr(limit)), 'getrlimit');
  return limit[0] === unlimited ? Number.POSITIVE_INFINITY : Number(limit[0]);
}

/**
 * Calls `action` with the soft limit lowered by a quarter, at most 16: what is opened permanently leaves these descriptors
 * to clients, which could not connect to stop anything otherwise. Throws what `action` throws.
 */
export function leavingDescriptors<T>(action: () => T): T {
  const limit = new BigUint64Array(2);
  checked(libc.getrlimit(RLIMIT_NOFILE, ptr(limit)), 'getrlimit');
  const [soft = unlimited] = limit;
  const left = soft / 4n < maxLeft ? soft / 4n : maxLeft;
  const lowered = soft - left;
  limit[0] = lowered;
  checked(libc.setrlimit(RLIMIT_NOFILE, ptr(limit)), 'setrlimit');
  try {
    return action();
  } finally {
    checked(libc.getrlimit(RLIMIT_NOFILE, ptr(limit)), 'getrlimit');
    // Another process may have changed the limit meanwhile (prlimit(1)).
    if (limit[0] === lowered) {
      limit[0] = soft;
      checked(libc.setrlimit(RLIMIT_NOFILE, ptr(limit)), 'setrlimit');
    }
  }
}

const maxLeft = 16n;

/** The number of free descriptors. */
export function freeDescriptors(): number {
  try {
    return descriptorLimit() - openDescriptors();
  } catch {
    // No descriptor is left to open the directory.
    return 0;
  }
}

/** Free descriptors besides the half that stays reserved. */
export function descriptorsToSpare(): number {
  return freeDescriptors() - Math.ceil(descriptorLimit() / 2);
}
