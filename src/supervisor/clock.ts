// The clock of processes. A seam: unit tests use a fake clock.
import { monotonicMs } from '../linux/monotonic-clock.ts';

export interface Clock {
  /** Monotonic milliseconds; the same clock before and after an exec. */
  now(): number;
  /** Calls `action` once, `ms` from now, or earlier when that exceeds setTimeout's maximum. Returns cancel. */
  after(ms: number, action: () => void): () => void;
}

/** CLOCK_MONOTONIC (clock_gettime(2)). */
export const monotonicClock: Clock = {
  now: monotonicMs,
  after(ms, action) {
    const timer = setTimeout(action, Math.min(Math.max(0, Math.ceil(ms)), maxTimeoutMs));
    return () => clearTimeout(timer);
  },
};

const maxTimeoutMs = 2 ** 31 - 1;
