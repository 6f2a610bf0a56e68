// Monotonic clocks of the kernel, comparable between processes: clock_gettime(2).
// In Bun, performance.now() and process.hrtime count from the start of the process.
import { checked } from './errno.ts';
import { libc, ptr } from './libc.ts';

/** Microseconds of CLOCK_MONOTONIC, which does not advance while the machine is suspended. */
export function monotonicUsec(): bigint {
  return read(CLOCK_MONOTONIC);
}

/** Milliseconds of CLOCK_MONOTONIC, with a fraction. */
export function monotonicMs(): number {
  return Number(read(CLOCK_MONOTONIC)) / 1000;
}

/** Milliseconds of CLOCK_BOOTTIME, which advances while the machine is suspended. */
export function boottimeMs(): number {
  return Number(read(CLOCK_BOOTTIME)) / 1000;
}

/** The time on CLOCK_MONOTONIC, in milliseconds, of `at` on the clock of performance.now(), which each thread starts at its own zero. */
export function toMonotonic(at: number): number {
  return threadStart + at;
}

/** The inverse of toMonotonic, in this thread. */
export function fromMonotonic(at: number): number {
  return at - threadStart;
}

function read(clock: number): bigint {
  checked(libc.clock_gettime(clock, ptr(timespec)), 'clock_gettime');
  return (timespec[0] ?? 0n) * 1_000_000n + (timespec[1] ?? 0n) / 1000n;
}

const CLOCK_MONOTONIC = 1;
const CLOCK_BOOTTIME = 7;
/** `struct timespec` on 64-bit Linux: seconds, nanoseconds. */
const timespec = new BigInt64Array(2);
/** The zero of performance.now(). */
const threadStart = monotonicMs() - performance.now();
