// Durations with units, for options that the original does not have. Its own options count in whole seconds.
import { pythonRepr } from '../../python/repr.ts';
import { ConfigError } from '../config.ts';
import { inUnits } from './scalars.ts';
import type { ValueType } from './value-type.ts';

const units = [
  { name: 'd', size: 86_400_000 },
  { name: 'h', size: 3_600_000 },
  { name: 'm', size: 60_000 },
  { name: 's', size: 1000 },
  { name: 'ms', size: 1 },
];

/** Timers and deadlines stay exact integers, and no typing error outlives the machine. */
const maxMs = 366 * 86_400_000;

/** `500ms`, `1.5s`, `2m`, `1h`, `1d`; a plain number is in seconds. In milliseconds, at least one. */
export const duration: ValueType<number> = {
  expects: {
    en: 'a duration: seconds, or a number with ms, s, m, h or d, such as 500ms or 2m',
    zh: '时长：秒数，或带 ms、s、m、h、d 的数字，例如 500ms 或 2m',
  },
  parse: (value) => parse(value, 1),
  format: (ms) => inUnits(ms, units),
};

/** Shorter ones would keep the daemon busy with expired watchdogs. */
export const minWatchdogMs = 100;

/** A duration of at least `minWatchdogMs`. */
export const watchdogInterval: ValueType<number> = {
  expects: {
    en: 'a duration of at least 100ms: seconds, or a number with ms, s, m, h or d, such as 500ms or 2m',
    zh: '至少 100ms 的时长：秒数，或带 ms、s、m、h、d 的数字，例如 500ms 或 2m',
  },
  parse: (value) => parse(value, minWatchdogMs),
  format: duration.format,
};

function parse(value: string, minMs: number): number {
  const [, number, unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)?$/.exec(value) ?? [];
  const size = units.find(({ name }) => name === unit)?.size;
  const ms = number === undefined || size === undefined ? 0 : Math.round(Number(number) * size);
  if (ms >= minMs && ms <= maxMs) return ms;
  throw new ConfigError(`not a duration from ${minMs}ms to 366d: ${pythonRepr(value)}`);
}
