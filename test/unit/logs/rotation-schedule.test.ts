import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { RotationSchedule } from '../../../src/config/config.ts';
import { lastTime, nextTime } from '../../../src/logs/rotation-schedule.ts';

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'Europe/Berlin';
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

/** `2026-03-29 01:30`, local. */
function local(text: string): number {
  return new Date(text.replace(' ', 'T')).getTime();
}

const hourly: RotationSchedule = { every: 'hour', minute: 15 };
const daily: RotationSchedule = { every: 'day', hour: 3, minute: 30 };
const mondays: RotationSchedule = { every: 'week', weekday: 1, hour: 0, minute: 0 };
const ends: RotationSchedule = { every: 'month', day: 31, hour: 12, minute: 0 };

describe('the time of a rotation', () => {
  const rows: readonly (readonly [RotationSchedule, string, string, string])[] = [
    [hourly, '2026-11-21 07:14', '2026-11-21 06:15', '2026-11-21 07:15'],
    [hourly, '2026-12-31 23:59', '2026-12-31 23:15', '2027-01-01 00:15'],
    [daily, '2026-11-21 03:29', '2026-11-20 03:30', '2026-11-21 03:30'],
    [daily, '2026-11-21 03:30', '2026-11-21 03:30', '2026-11-22 03:30'],
    [daily, '2026-03-28 12:00', '2026-03-28 03:30', '2026-03-29 03:30'],
    [daily, '2026-10-25 12:00', '2026-10-25 03:30', '2026-10-26 03:30'],
    [mondays, '2026-11-21 07:00', '2026-11-16 00:00', '2026-11-23 00:00'],
    [mondays, '2026-11-22 07:00', '2026-11-16 00:00', '2026-11-23 00:00'],
    [ends, '2026-02-10 00:00', '2026-01-31 12:00', '2026-02-28 12:00'],
    [ends, '2026-12-31 13:00', '2026-12-31 12:00', '2027-01-31 12:00'],
  ];
  for (const [schedule, now, last, next] of rows) {
    test(`every ${schedule.every}, seen from ${now}: ${last}, then ${next}`, () => {
      expect([lastTime(schedule, local(now)), nextTime(schedule, local(now))]).toEqual([
        local(last),
        local(next),
      ]);
    });
  }

  test('is before or after any moment, and the next of the last is the next', () => {
    const moments = fc.integer({ min: local('2024-01-01 00:00'), max: local('2030-01-01 00:00') });
    fc.assert(
      fc.property(fc.constantFrom(hourly, daily, mondays, ends), moments, (schedule, now) => {
        const [last, next] = [lastTime(schedule, now), nextTime(schedule, now)];
        expect(last).toBeLessThanOrEqual(now);
        expect(next).toBeGreaterThan(now);
        expect(nextTime(schedule, last)).toBe(next);
      }),
    );
  });
});
