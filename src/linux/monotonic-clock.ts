// The kernel's monotonic clock, the same in all processes: clock_gettime(2).
// performance.now() and process.hrtime count from the start of the process in Bun.
import { checked } from './errno.ts';
import { libc, ptr } from './libc.ts';

/** Microseconds of CLOCK_MONOTONIC. */
export function monotonicUsec(): bigint {
  checked(libc.clock_gettime(CLOCK_MONOTONIC, ptr(timespec)), 'clock_gettime');
  return (timespec[0] ?? 0n) * 1_000_000n + (timespec[1] ?? 0n) / 1000n;
}

const CLOCK_MONOTONIC = 1;
/** `struct timespec` on 64-bit Linux: seconds, nanoseconds. */
const timespec = new BigInt64Array(2);
