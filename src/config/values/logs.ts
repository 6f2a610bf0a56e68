// Values of options for log format, rotation and retention.
import { pythonRepr } from '../../python/repr.ts';
import { type Compression, ConfigError, type LineStyle, type RotationSchedule } from '../config.ts';
import { boolean, inUnits } from './scalars.ts';
import type { ValueType } from './value-type.ts';

/** What may follow a percent sign, as in strftime(3); additionally L for milliseconds and f for microseconds. */
export const timeDirectives = [
  ...['Y', 'y', 'm', 'd', 'e', 'j', 'H', 'I', 'M', 'S', 'L', 'f', 'p', 'a', 'A', 'b', 'B'],
  ...['z', 's', 'F', 'T', 'D', 'R', '%'],
] as const;

/** The timestamp format of the daemon's own log. */
const ordinaryTimestamp = '%Y-%m-%d %H:%M:%S,%L';

export const timestamp: ValueType<string | null> = {
  expects: {
    en: 'true, false, or a format as for strftime, such as %%H:%%M:%%S.%%L',
    zh: 'true、false，或 strftime 格式，例如 %%H:%%M:%%S.%%L',
  },
  parse(value, host) {
    if (value.includes('%')) return checkedTimeFormat(value);
    return boolean.parse(value, host) ? ordinaryTimestamp : null;
  },
  format: (format) => format ?? '',
};

export const lineFormat: ValueType<LineStyle['format']> = {
  expects: { en: 'raw, json or logfmt', zh: 'raw、json 或 logfmt' },
  parse(value) {
    const word = value.toLowerCase();
    if (word === 'raw' || word === 'json' || word === 'logfmt') return word;
    throw new ConfigError(`not a log format: ${pythonRepr(value)}`);
  },
  format: (format) => format,
};

export const compression: ValueType<Compression | null> = {
  expects: { en: 'gzip, zstd or none', zh: 'gzip、zstd 或 none' },
  parse(value) {
    const word = value.toLowerCase();
    if (word === 'none') return null;
    if (word === 'gzip' || word === 'zstd') return word;
    throw new ConfigError(`not a compression: ${pythonRepr(value)}`);
  },
  format: (value) => value ?? '',
};

const ageUnits: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

const ageUnitSizes = [
  { name: 'd', size: 86_400 },
  { name: 'h', size: 3600 },
  { name: 'm', size: 60 },
];

/** In seconds. */
export const maxAge: ValueType<number | null> = {
  expects: {
    en: 'a number with m (minutes), h (hours), d (days) or w (weeks), such as 30d; or none',
    zh: '带 m（分）、h（时）、d（天）或 w（周）的数字，例如 30d；或 none',
  },
  parse(value) {
    if (value.toLowerCase() === 'none') return null;
    const [, number = '', unit = ''] = /^(\d{1,6})([mhdw])$/i.exec(value) ?? [];
    const seconds = Number(number) * (ageUnits[unit.toLowerCase()] ?? 0);
    if (seconds > 0) return seconds;
    throw new ConfigError(`not an age: ${pythonRepr(value)}`);
  },
  format: (seconds) => (seconds === null ? '' : inUnits(seconds, ageUnitSizes)),
};

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

export const schedule: ValueType<RotationSchedule | null> = {
  expects: {
    en: 'none, hourly, daily, weekly or monthly, optionally with a time: daily 03:30, weekly mon 03:30, monthly 1 03:30',
    zh: 'none、hourly、daily、weekly 或 monthly；也可写明时间：daily 03:30、weekly mon 03:30、monthly 1 03:30',
  },
  parse(value) {
    const [period, ...rest] = value.toLowerCase().split(/\s+/);
    const parsed = period === 'none' && rest.length === 0 ? null : scheduleOf(period, rest);
    if (parsed !== undefined) return parsed;
    throw new ConfigError(`not a time of rotation: ${pythonRepr(value)}`);
  },
  format: formatSchedule,
};

/** `hourly`, `daily 03:30`, `weekly mon 03:30`, `monthly 1 03:30`. */
function formatSchedule(schedule: RotationSchedule | null): string {
  if (schedule === null) return '';
  if (schedule.every === 'hour') return 'hourly';
  const [hour, minute] = [schedule.hour, schedule.minute].map((part) => String(part).padStart(2, '0'));
  const time = `${hour}:${minute}`;
  switch (schedule.every) {
    case 'day':
      return `daily ${time}`;
    case 'week':
      return `weekly ${weekdays[schedule.weekday]} ${time}`;
    case 'month':
      return `monthly ${schedule.day} ${time}`;
  }
}

function scheduleOf(period: string | undefined, words: readonly string[]): RotationSchedule | undefined {
  if (period === 'hourly') return words.length === 0 ? { every: 'hour', minute: 0 } : undefined;
  if (period === 'daily') return withTime(words, (time) => ({ every: 'day', ...time }));
  if (period === 'weekly') {
    const weekday = weekdays.indexOf(words[0] ?? 'sun');
    return weekday < 0
      ? undefined
      : withTime(words.slice(1), (time) => ({ every: 'week', weekday, ...time }));
  }
  if (period === 'monthly') {
    const day = /^\d{1,2}$/.test(words[0] ?? '1') ? Number(words[0] ?? 1) : 0;
    if (day < 1 || day > 31) return undefined;
    return withTime(words.slice(1), (time) => ({ every: 'month', day, ...time }));
  }
  return undefined;
}

/** The remaining words are empty, which means midnight, or HH:MM. */
function withTime(
  words: readonly string[],
  make: (time: { hour: number; minute: number }) => RotationSchedule,
): RotationSchedule | undefined {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(words[0] ?? '00:00') ?? [];
  if (words.length > 1 || hour === undefined || minute === undefined) return undefined;
  return make({ hour: Number(hour), minute: Number(minute) });
}

function checkedTimeFormat(value: string): string {
  const [, unknown] = [...value.matchAll(/%(.?)/gs)].find(([, letter]) => !isDirective(letter)) ?? [];
  if (unknown === undefined) return value;
  throw new ConfigError(`not a time format, %${unknown} means nothing: ${pythonRepr(value)}`);
}

function isDirective(letter: string | undefined): boolean {
  return timeDirectives.some((known) => known === letter);
}
