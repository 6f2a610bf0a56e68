// When the last start of a process was requested, when it was first spawned, and when it was RUNNING. Pure.
import type { UnmetNeed } from './process-state.ts';

/** Serialisable. Times are milliseconds of a monotonic clock. */
export interface StartTimes {
  /** Also by autorestart. */
  readonly requestedAt: number;
  /** The first attempt; null while it waits for its dependencies. */
  readonly spawnedAt: number | null;
  /** Null until it was RUNNING. */
  readonly readyAt: number | null;
  /** The dependencies that were met last; empty if it did not wait. */
  readonly waitedFor: readonly UnmetNeed[];
}

export function requested(now: number): StartTimes {
  return { requestedAt: now, spawnedAt: null, readyAt: null, waitedFor: [] };
}

/** Its last dependencies were met: `needs`. */
export function met(start: StartTimes | null, needs: readonly UnmetNeed[]): StartTimes | null {
  return start && { ...start, waitedFor: needs };
}

/** An attempt; those after the first change nothing. */
export function attempted(start: StartTimes | null, now: number): StartTimes | null {
  return start && { ...start, spawnedAt: start.spawnedAt ?? now };
}

export function becameReady(start: StartTimes | null, now: number): StartTimes | null {
  return start && { ...start, readyAt: now };
}
