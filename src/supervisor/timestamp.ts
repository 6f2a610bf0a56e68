// When something happened, told by the clock as it is set now: a machine may learn the time of day long after its boot.
import { boottimeMs } from '../linux/monotonic-clock.ts';

export interface Timestamp {
  /** As the clock was set then. */
  readonly unixSeconds: number;
  /** How far that clock was ahead of the one that cannot be set. */
  readonly aheadMs: number;
}

export function timestampNow(): Timestamp {
  return { unixSeconds: Math.floor(Date.now() / 1000), aheadMs: clockAheadMs() };
}

/**
 * Unix time in seconds; 0 for never. So much before now as has passed since, whatever the clock was set to meanwhile.
 * It stays the same to the second for as long as nobody sets the clock.
 */
export function unixSecondsOf(moment: Timestamp | null): number {
  if (moment === null) return 0;
  const setByMs = clockAheadMs() - moment.aheadMs;
  return moment.unixSeconds + (Math.abs(setByMs) < unseenMs ? 0 : Math.round(setByMs / 1000));
}

/** The two clocks are not read at the same instant. */
const unseenMs = 1000;

function clockAheadMs(): number {
  return Date.now() - boottimeMs();
}
