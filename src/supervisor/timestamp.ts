// Times on the wall clock as it is set now: a machine without a battery-backed clock sets it long after boot (NTP).
import { boottimeMs } from '../linux/monotonic-clock.ts';

export interface Timestamp {
  /** On the wall clock as it was set then. */
  readonly unixSeconds: number;
  /** Wall clock minus CLOCK_BOOTTIME, at that time. */
  readonly aheadMs: number;
}

export function timestampNow(): Timestamp {
  return { unixSeconds: Math.floor(Date.now() / 1000), aheadMs: clockAheadMs() };
}

/**
 * Unix time in seconds; 0 for never. Corrected for every change of the wall clock since; exactly the same second as long
 * as the clock is not set.
 */
export function unixSecondsOf(timestamp: Timestamp | null): number {
  if (timestamp === null) return 0;
  const setByMs = clockAheadMs() - timestamp.aheadMs;
  return timestamp.unixSeconds + (Math.abs(setByMs) < readSkewMs ? 0 : Math.round(setByMs / 1000));
}

/** The two clocks are not read at the same instant. */
const readSkewMs = 1000;

function clockAheadMs(): number {
  return Date.now() - boottimeMs();
}
