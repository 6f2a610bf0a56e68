import { expect, test } from 'bun:test';
import { TimeSlice } from '../../../src/event-loop/time-slice.ts';

test('others have their turn between two time slices, and what they take is not counted', async () => {
  const timeSlice = new TimeSlice(5);
  expect(timeSlice.isOver).toBe(false);
  Bun.sleepSync(6);
  expect(timeSlice.isOver).toBe(true);
  let hadTurn = false;
  setImmediate(() => {
    Bun.sleepSync(50);
    hadTurn = true;
  });
  const { busyMs } = timeSlice;
  await timeSlice.next();
  expect(hadTurn).toBe(true);
  expect(busyMs).toBeGreaterThanOrEqual(6);
  expect(timeSlice.busyMs - busyMs).toBeLessThan(50);
});
