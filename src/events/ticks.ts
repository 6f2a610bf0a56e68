// TICK events, aligned to the wall clock. Without a subscriber there is no timer.
import type { EventBus } from './bus.ts';

const ticks = [
  { type: 'TICK_5', periodMs: 5_000 },
  { type: 'TICK_60', periodMs: 60_000 },
  { type: 'TICK_3600', periodMs: 3_600_000 },
] as const;

/** Emits ticks on `bus` while they have a subscriber; not for the current period. */
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
    // When the clock was set, or the timer fired early, nothing is due and the timer is armed again.
    timer = setTimeout(emitDue, Math.min(...waits));
  };

  bus.onInterestChange(arm);
  arm();
}

/** The start of the period that contains `nowMs`. */
function slice(nowMs: number, periodMs: number): number {
  return nowMs - (nowMs % periodMs);
}
