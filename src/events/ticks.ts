// TICK events, aligned to the wall clock. While nobody subscribes to any there is no timer at all.
import type { EventBus } from './bus.ts';

const ticks = [
  { type: 'TICK_5', periodMs: 5_000 },
  { type: 'TICK_60', periodMs: 60_000 },
  { type: 'TICK_3600', periodMs: 3_600_000 },
] as const;

/** Emits ticks on `bus` as long as somebody subscribes to them; the slice of time that runs now is silent. */
export function startTicks(bus: EventBus): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Date.now();

  const emitDue = () => {
    const now = Date.now();
    const due = ticks.filter(({ periodMs }) => slice(now, periodMs) !== slice(last, periodMs));
    last = now;
    for (const { type, periodMs } of due) bus.emit({ type, when: slice(now, periodMs) / 1000 });
    arm();
  };

  const arm = () => {
    const wanted = ticks.filter(({ type }) => bus.wanted(type));
    const now = Date.now();
    if (timer === undefined) last = now;
    clearTimeout(timer);
    timer = undefined;
    if (wanted.length === 0) return;
    const waits = wanted.map(({ periodMs }) =>
      slice(now, periodMs) === slice(last, periodMs) ? slice(now, periodMs) + periodMs - now : 0,
    );
    // A clock that was set, or a timer that fires a little early, only leads to another look.
    timer = setTimeout(emitDue, Math.min(...waits));
  };

  bus.onInterestChange(arm);
  arm();
}

/** When the slice of time that `nowMs` lies in began. */
function slice(nowMs: number, periodMs: number): number {
  return nowMs - (nowMs % periodMs);
}
