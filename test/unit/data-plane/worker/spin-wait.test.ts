import { expect, test } from 'bun:test';
import { SpinWait } from '../../../../src/data-plane/worker/spin-wait.ts';

/** One event and its result; returns whether to spin for the result. */
function exchange(spinWait: SpinWait, tookMs: number): boolean {
  const spun = spinWait.sent(1000) !== null;
  spinWait.answered(1000 + tookMs);
  return spun;
}

test('a quick listener is worth a spin of a tenth of a millisecond each time', () => {
  const spinWait = new SpinWait();
  expect(spinWait.sent(1000)).toBe(1000.1);
  spinWait.answered(1000.02);
  expect(exchange(spinWait, 0.02)).toBe(true);
  expect(exchange(spinWait, 0.02)).toBe(true);
});

test('a slow one is throttled to one spin in 65 events', () => {
  const spinWait = new SpinWait();
  const spins = Array.from({ length: 650 }, () => exchange(spinWait, 5)).filter((spun) => spun);
  expect(spins).toHaveLength(10);
});

test('further pieces of the same result do not count as slow', () => {
  const spinWait = new SpinWait();
  spinWait.sent(1000);
  spinWait.answered(1000.02);
  spinWait.answered(1005);
  expect(exchange(spinWait, 0.02)).toBe(true);
});
