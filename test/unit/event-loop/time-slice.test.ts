import { expect, test } from 'bun:test';
import { TimeSlice } from '../../../src/event-loop/time-slice.ts';

test('others have their turn between two time slices, and what they take is not counted', async () => {
  let now = 1000;
  const slice = new TimeSlice(5, () => now);
  expect(slice.isOver).toBe(false);
  now += 6;
  expect([slice.isOver, slice.busyMs]).toEqual([true, 6]);
  let hadTurn = false;
  setImmediate(() => {
    now += 50;
    hadTurn = true;
  });
  await slice.next();
  expect([hadTurn, slice.isOver, slice.busyMs]).toEqual([true, false, 6]);
});
