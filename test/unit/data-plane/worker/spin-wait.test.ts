import { expect, test } from 'bun:test';
import { SpinWait } from '../../../../src/data-plane/worker/spin-wait.ts';

/** Sends and answers once; whether the answer was looked out for. */
function exchange(pace: SpinWait, tookMs: number): boolean {
  const lookedOut = pace.sent(1000) !== null;
  pace.answered(1000 + tookMs);
  return lookedOut;
}

test('a quick listener is looked out for each time, for a tenth of a millisecond', () => {
  const pace = new SpinWait();
  expect(pace.sent(1000)).toBe(1000.1);
  pace.answered(1000.02);
  expect(exchange(pace, 0.02)).toBe(true);
  expect(exchange(pace, 0.02)).toBe(true);
});

test('a slow one now and then only', () => {
  const pace = new SpinWait();
  const lookOuts = Array.from({ length: 650 }, () => exchange(pace, 5)).filter((lookedOut) => lookedOut);
  expect(lookOuts).toHaveLength(10);
});

test('more pieces of the same answer say nothing of how quick it was', () => {
  const pace = new SpinWait();
  pace.sent(1000);
  pace.answered(1000.02);
  pace.answered(1005);
  expect(exchange(pace, 0.02)).toBe(true);
});
