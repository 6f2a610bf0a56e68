// Formats numbers for display. Pure.

/** `0:01:02`, `3 d 4:05:06`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86400);
  const clock = `${Math.floor((whole % 86400) / 3600)}:${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`;
  return days > 0 ? `${days} d ${clock}` : clock;
}

/** `0.25 s`, `12.3 s`, `0:01:02`: with a fraction if there is one, up to a minute. */
export function seconds(count: number): string {
  if (count >= 59.95) return duration(count);
  if (Number.isInteger(count)) return `${count} s`;
  return `${count.toFixed(count < 9.995 ? 2 : 1)} s`;
}

/** `812 kB`, `3.4 MB`: at most three digits, in powers of 1024. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `0 %`, `3.4 %`, `120 %`. */
export function percent(value: number): string {
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}

/** Unix time in seconds as time of day, with the date unless it is `today` (in seconds, too). */
export function moment(seconds: number, today: number): string {
  const date = new Date(seconds * 1000);
  const clock = timeOfDay(seconds);
  if (date.toDateString() === new Date(today * 1000).toDateString()) return clock;
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clock.slice(0, 5)}`;
}

/** `14:05:09`. */
export function timeOfDay(seconds: number): string {
  const date = new Date(seconds * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':');
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
