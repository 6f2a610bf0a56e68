// Time as processes see it. Tests put a clock of their own in its place.
import { monotonicMs } from '../linux/monotonic-clock.ts';

export interface Clock {
  /** Milliseconds; never set, and the same clock before and after an exec. */
  now(): number;
  /** Calls `action` once, `ms` from now; sooner where that is more than setTimeout can wait. Returns cancel. */
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
