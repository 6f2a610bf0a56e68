// Timestamps of log lines in the format of strftime(3), in local time and never decreasing.
import type { timeDirectives } from '../config/values/logs.ts';

type Directive = (typeof timeDirectives)[number];

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
];

/** Directives that change within a second; the others are cached for a second. */
const fractions: Readonly<Partial<Record<Directive, (milliseconds: number) => string>>> = {
  L: (milliseconds) => padded(milliseconds, 3),
  f: (milliseconds) => `${padded(milliseconds, 3)}000`,
};

const renderers: Readonly<Record<Exclude<Directive, 'L' | 'f'>, (date: Date) => string>> = {
  Y: (date) => String(date.getFullYear()),
  y: (date) => padded(date.getFullYear() % 100, 2),
  m: (date) => padded(date.getMonth() + 1, 2),
  d: (date) => padded(date.getDate(), 2),
  e: (date) => String(date.getDate()).padStart(2, ' '),
  j: (date) => padded(dayOfYear(date), 3),
  H: (date) => padded(date.getHours(), 2),
  I: (date) => padded(date.getHours() % 12 || 12, 2),
  M: (date) => padded(date.getMinutes(), 2),
  S: (date) => padded(date.getSeconds(), 2),
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  a: (date) => (weekdays[date.getDay()] ?? '').slice(0, 3),
  A: (date) => weekdays[date.getDay()] ?? '',
  b: (date) => (months[date.getMonth()] ?? '').slice(0, 3),
  B: (date) => months[date.getMonth()] ?? '',
  z: (date) => zone(-date.getTimezoneOffset()),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  F: (date) => rendered('%Y-%m-%d', date),
  T: (date) => rendered('%H:%M:%S', date),
  D: (date) => rendered('%m/%d/%y', date),
  R: (date) => rendered('%H:%M', date),
  '%': () => '%%',
};

export class TimeFormat {
  #second = Number.NaN;
  /** The format with everything but fractions of the second filled in. */
  #pattern = '';
  #latest = 0;

  /** Unknown directives are kept. */
  constructor(private readonly format: string) {}

  /** Warmed up: the runtime has loaded the time zone, which takes milliseconds. */
  static ready(format: string): TimeFormat {
    const time = new TimeFormat(format);
    time.at(Date.now());
    return time;
  }

  /** The latest time so far, in milliseconds of Unix time; 0 for none. */
  get latest(): number {
    return this.#latest;
  }

  /** Gives no time before `latest`: continues from another one. */
  notBefore(latest: number): void {
    this.#latest = Math.max(this.#latest, latest);
  }

  /**
   * `now` in milliseconds of Unix time. When the clock is set back, the timestamp stays the same until the clock
   * catches up.
   */
  at(now: number): string {
    this.#latest = Math.max(this.#latest, Math.floor(now));
    const second = Math.floor(this.#latest / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#pattern = rendered(this.format, new Date(second * 1000));
    }
    const milliseconds = this.#latest - second * 1000;
    return this.#pattern.replace(
      /%([Lf%])/g,
      (_, letter: Directive) => fractions[letter]?.(milliseconds) ?? '%',
    );
  }
}

function rendered(format: string, date: Date): string {
  return format.replace(/%([A-Za-z%])/g, (whole, letter: string) =>
    isRendered(letter) ? renderers[letter](date) : whole,
  );
}

function isRendered(letter: string): letter is keyof typeof renderers {
  return Object.hasOwn(renderers, letter);
}

function padded(number: number, width: number): string {
  return String(number).padStart(width, '0');
}

function dayOfYear(date: Date): number {
  const first = Date.UTC(date.getFullYear(), 0, 1);
  return (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - first) / 86_400_000 + 1;
}

function zone(minutes: number): string {
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${padded(Math.floor(absolute / 60), 2)}${padded(absolute % 60, 2)}`;
}
