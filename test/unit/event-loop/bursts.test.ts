import { expect, test } from 'bun:test';
import { Bursts } from '../../../src/event-loop/bursts.ts';

test('others have their turn between two bursts, and what they take is not counted', async () => {
  const bursts = new Bursts(5);
  expect(bursts.isOver).toBe(false);
  Bun.sleepSync(6);
  expect(bursts.isOver).toBe(true);
  let hadTurn = false;
  setImmediate(() => {
    Bun.sleepSync(50);
    hadTurn = true;
  });
  const { busyMs } = bursts;
  await bursts.next();
  expect(hadTurn).toBe(true);
  expect(busyMs).toBeGreaterThanOrEqual(6);
  expect(bursts.busyMs - busyMs).toBeLessThan(50);
});
