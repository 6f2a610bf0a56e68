// The states of a process over time, as far as known. Pure.
import type { StateName, TimelineEvent } from '../http/ui/api-types.ts';

export interface Segment {
  readonly state: StateName;
  /** Milliseconds of Unix time. */
  readonly from: number;
  readonly to: number;
}

/** Gapless from `from` to `to`. `state`: the current state, which also applies to the whole interval without events. */
export function segments(
  events: readonly TimelineEvent[],
  state: StateName,
  from: number,
  to: number,
): readonly Segment[] {
  const [first] = events;
  const before = { at: from, state: first?.from ?? state };
  const points = [before, ...events];
  return points.map((point, index) => ({
    state: point.state,
    from: Math.max(from, point.at),
    to: points[index + 1]?.at ?? to,
  }));
}
