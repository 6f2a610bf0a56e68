// The times of a rotation schedule, in local time. Pure.
import type { RotationSchedule } from '../config/config.ts';

/** The first time of `schedule` after `now`; both in milliseconds of Unix time. */
export function nextTime(schedule: RotationSchedule, now: number): number {
  for (let period = 0; ; period += 1) {
    const time = timeIn(schedule, new Date(now), period);
    if (time > now) return time;
  }
}

/** The last time of `schedule` that is not after `now`. */
export function lastTime(schedule: RotationSchedule, now: number): number {
  for (let period = 0; ; period -= 1) {
    const time = timeIn(schedule, new Date(now), period);
    if (time <= now) return time;
  }
}

/** The scheduled time in the period (hour, day, week, month) of `date`, or `later` periods after it. */
function timeIn(schedule: RotationSchedule, date: Date, later: number): number {
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  switch (schedule.every) {
    case 'hour':
      return new Date(year, month, day, date.getHours() + later, schedule.minute).getTime();
    case 'day':
      return new Date(year, month, day + later, schedule.hour, schedule.minute).getTime();
    case 'week': {
      const weekday = day - date.getDay() + schedule.weekday + 7 * later;
      return new Date(year, month, weekday, schedule.hour, schedule.minute).getTime();
    }
    case 'month': {
      const lastDay = new Date(year, month + later + 1, 0).getDate();
      const wanted = Math.min(schedule.day, lastDay);
      return new Date(year, month + later, wanted, schedule.hour, schedule.minute).getTime();
    }
  }
}
