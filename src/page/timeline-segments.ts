// In which state a process was when, as far as it is known. Pure.
import type { StateName, TimelineEvent } from '../http/ui/api-types.ts';

export interface Segment {
  readonly state: StateName;
  /** Milliseconds of Unix time. */
  readonly from: number;
  readonly to: number;
}

/** Without gap from `from` to `to`. `state`: how it is now, which it has been all the time when nothing happened. */
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
