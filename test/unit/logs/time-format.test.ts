import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { TimeFormat } from '../../../src/logs/time-format.ts';

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'Asia/Kolkata';
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

/** 2026-03-05 00:37:09.042 in Kolkata. */
const moment = Date.UTC(2026, 2, 4, 19, 7, 9, 42);

describe('times of log lines', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['%Y-%m-%d %H:%M:%S,%L', '2026-03-05 00:37:09,042'],
    ['%F %T.%f', '2026-03-05 00:37:09.042000'],
    ['%a %A %b %B %e %j', 'Thu Thursday Mar March  5 064'],
    ['%I:%M %p %z', '12:37 AM +0530'],
    ['%D %R %y %s', '03/05/26 00:37 26 1772651229'],
    ['100%% %q', '100% %q'],
  ];
  for (const [format, expected] of rows) {
    test(`${format} is ${expected}`, () => expect(new TimeFormat(format).at(moment)).toBe(expected));
  }

  test('go on within a second and into the next', () => {
    const time = new TimeFormat('%S.%L');
    expect([0, 1, 957, 958, 1958].map((later) => time.at(moment + later))).toEqual([
      ...['09.042', '09.043', '09.999', '10.000', '11.000'],
    ]);
  });

  test('do not decrease when the clock is set back', () => {
    const time = new TimeFormat('%S.%L');
    expect([0, -5000, 3].map((later) => time.at(moment + later))).toEqual(['09.042', '09.042', '09.045']);
  });
});
