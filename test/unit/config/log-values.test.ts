import { describe, expect, test } from 'bun:test';
import { ConfigError } from '../../../src/config/config.ts';
import { systemHost } from '../../../src/config/system-host.ts';
import { compression, lineFormat, maxAge, schedule, timestamp } from '../../../src/config/values/logs.ts';
import type { ValueType } from '../../../src/config/values/value-type.ts';

/** What a text means, or the complaint. */
function meaning(type: ValueType<unknown>, text: string): unknown {
  try {
    return type.parse(text, systemHost());
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe('values of log options', () => {
  const rows: readonly (readonly [string, ValueType<unknown>, string, unknown])[] = [
    ['timestamp', timestamp, 'TRUE', '%Y-%m-%d %H:%M:%S,%L'],
    ['timestamp', timestamp, 'no', null],
    ['timestamp', timestamp, '%H:%M', '%H:%M'],
    ['timestamp', timestamp, '%Q', "not a time format, %Q means nothing: '%Q'"],
    ['timestamp', timestamp, 'ends in %', "not a time format, % means nothing: 'ends in %'"],
    ['timestamp', timestamp, 'maybe', "not a valid boolean value: 'maybe'"],
    ['format', lineFormat, 'JSON', 'json'],
    ['format', lineFormat, 'xml', "not a log format: 'xml'"],
    ['compression', compression, 'zstd', 'zstd'],
    ['compression', compression, 'none', null],
    ['compression', compression, 'bzip2', "not a compression: 'bzip2'"],
    ['age', maxAge, '30d', 30 * 86_400],
    ['age', maxAge, '90M', 5400],
    ['age', maxAge, 'none', null],
    ['age', maxAge, '30', "not an age: '30'"],
    ['age', maxAge, '0d', "not an age: '0d'"],
    ['rotation', schedule, 'none', null],
    ['rotation', schedule, 'hourly', { every: 'hour', minute: 0 }],
    ['rotation', schedule, 'daily', { every: 'day', hour: 0, minute: 0 }],
    ['rotation', schedule, 'Daily 03:30', { every: 'day', hour: 3, minute: 30 }],
    ['rotation', schedule, 'weekly', { every: 'week', weekday: 0, hour: 0, minute: 0 }],
    ['rotation', schedule, 'weekly mon 23:59', { every: 'week', weekday: 1, hour: 23, minute: 59 }],
    ['rotation', schedule, 'monthly', { every: 'month', day: 1, hour: 0, minute: 0 }],
    ['rotation', schedule, 'monthly 31 12:00', { every: 'month', day: 31, hour: 12, minute: 0 }],
    ['rotation', schedule, 'daily 24:00', "not a time of rotation: 'daily 24:00'"],
    ['rotation', schedule, 'weekly someday', "not a time of rotation: 'weekly someday'"],
    ['rotation', schedule, 'monthly 32', "not a time of rotation: 'monthly 32'"],
    ['rotation', schedule, 'yearly', "not a time of rotation: 'yearly'"],
    ['rotation', schedule, 'none daily', "not a time of rotation: 'none daily'"],
  ];
  for (const [what, type, text, expected] of rows) {
    test(`${what} ${text}`, () => expect(meaning(type, text)).toEqual(expected));
  }
});
