// Values that depend on nothing but their text: numbers, words, signals, lists of them.
import { isSignal, signalName, signalNumber } from '../../linux/signals.ts';
import { integerOrNull, parseOctal } from '../../python/integer.ts';
import { pythonRepr } from '../../python/repr.ts';
import { strip } from '../../python/text.ts';
import { type AutoRestart, ConfigError, type LogLevel } from '../config.ts';
import type { ValueType } from './value-type.ts';

export const text: ValueType<string> = {
  expects: { en: 'any text', zh: '任意文本' },
  parse: (value) => value,
  format: (value) => value,
};

export const integer: ValueType<number> = {
  expects: { en: 'a whole number, such as 10', zh: '整数，例如 10' },
  parse: parseInteger,
  format: String,
};

/** Parses like the original and throws ConfigError with its message. */
export function parseInteger(text: string): number {
  const number = integerOrNull(text);
  if (number !== null) return number;
  const shown = [...pythonRepr(text)].slice(0, 200).join('');
  throw new ConfigError(`invalid literal for int() with base 10: ${shown}`);
}

const truthWords = new Map([
  ...['yes', 'true', 'on', '1'].map((word) => [word, true] as const),
  ...['no', 'false', 'off', '0'].map((word) => [word, false] as const),
]);

export const boolean: ValueType<boolean> = {
  expects: {
    en: 'true or false (also yes, no, on, off, 1, 0)',
    zh: 'true 或 false（也可写 yes、no、on、off、1、0）',
  },
  parse(value) {
    const truth = truthWords.get(value.toLowerCase());
    if (truth !== undefined) return truth;
    throw new ConfigError(`not a valid boolean value: ${pythonRepr(value)}`);
  },
  format: String,
};

const byteUnits = new Map([
  ['kb', 1024],
  ['mb', 1024 ** 2],
  ['gb', 1024 ** 3],
]);

const byteUnitSizes = [
  { name: 'GB', size: 1024 ** 3 },
  { name: 'MB', size: 1024 ** 2 },
  { name: 'KB', size: 1024 },
];

/** `50MB`, `30d`: in the largest unit that gives a whole number. `units` are in descending order. */
export function inUnits(
  value: number,
  units: readonly { readonly name: string; readonly size: number }[],
): string {
  const unit = units.find(({ size }) => value > 0 && value % size === 0);
  return unit ? `${value / unit.size}${unit.name}` : String(value);
}

export const byteSize: ValueType<number> = {
  expects: {
    en: 'a number of bytes, or one with KB, MB or GB, such as 50MB',
    zh: '字节数，可带 KB、MB 或 GB，例如 50MB',
  },
  parse(value) {
    const lower = value.toLowerCase();
    const unit = byteUnits.get(lower.slice(-2));
    return unit === undefined ? parseInteger(lower) : parseInteger(lower.slice(0, -2)) * unit;
  },
  format: (bytes) => inUnits(bytes, byteUnitSizes),
};

/** An octal number; `complain` creates the error from the text. */
export function octal(
  complain = (value: string) => `${value} can not be converted to an octal type`,
): ValueType<number> {
  return {
    expects: { en: 'an octal number, such as 0700 or 022', zh: '八进制数，例如 0700 或 022' },
    parse(value) {
      const number = parseOctal(value);
      if (number !== null) return number;
      throw new ConfigError(complain(value));
    },
    format: (number) => number.toString(8).padStart(3, '0'),
  };
}

export const autoRestart: ValueType<AutoRestart> = {
  expects: { en: 'true, false or unexpected', zh: 'true、false 或 unexpected' },
  parse(value) {
    const word = value.toLowerCase();
    if (word === 'unexpected') return 'unexpected';
    const truth = truthWords.get(word);
    if (truth !== undefined) return truth ? 'always' : 'never';
    throw new ConfigError(`invalid 'autorestart' value ${pythonRepr(word)}`);
  },
  format: (value) => (value === 'unexpected' ? value : String(value === 'always')),
};

export const logLevels = ['critical', 'error', 'warn', 'info', 'debug', 'trace', 'blather'] as const;

export const logLevel: ValueType<LogLevel> = {
  expects: { en: `one of ${logLevels.join(', ')}`, zh: `${logLevels.join('、')} 之一` },
  parse(value) {
    const level = logLevels.find((name) => name === value.toLowerCase());
    if (level !== undefined) return level;
    throw new ConfigError(`bad logging level name ${pythonRepr(value)}`);
  },
  format: (level) => level,
};

export const signal: ValueType<number> = {
  expects: {
    en: 'a signal by name or number, such as TERM, SIGINT or 9',
    zh: '信号的名称或编号，例如 TERM、SIGINT 或 9',
  },
  parse(value) {
    const number = integerOrNull(value);
    if (number === null) return signalByName(value);
    if (isSignal(number)) return number;
    throw new ConfigError(`value ${pythonRepr(value)} is not a valid signal number`);
  },
  format: (number) => signalName(number).replace(/^SIG/, ''),
};

function signalByName(value: string): number {
  const number = signalNumber(strip(value));
  if (number !== null) return number;
  throw new ConfigError(`value ${pythonRepr(value)} is not a valid signal name`);
}

export const exitCodes: ValueType<readonly number[]> = {
  expects: { en: 'exit codes from 0 to 255, separated by commas', zh: '0 到 255 的退出码，用逗号分隔' },
  parse(value) {
    const codes = commaList(value).map(integerOrNull);
    const valid = codes.filter((code) => code !== null && code >= 0 && code <= 255);
    if (valid.length === codes.length) return valid.filter((code) => code !== null);
    throw new ConfigError(`not a valid list of exit codes: ${pythonRepr(value)}`);
  },
  format: (codes) => codes.join(','),
};

/** `a, b,c`; an empty text is an empty list, a trailing comma adds an empty item. */
export const list: ValueType<readonly string[]> = {
  expects: { en: 'names separated by commas', zh: '用逗号分隔的名称' },
  parse: commaList,
  format: (items) => items.join(','),
};

export function commaList(value: string): string[] {
  return value === '' ? [] : value.split(',').map(strip);
}

/** Rejects characters that are separators in `group:process`. */
export const nameExpression: ValueType<string> = {
  expects: { en: 'a name without spaces, colons or slashes', zh: '不含空格、冒号和斜杠的名称' },
  parse: checkedName,
  format: (name) => name,
};

/** Trims the name. Throws ConfigError for an invalid character. */
export function checkedName(value: string): string {
  const name = strip(value);
  const bad = [' ', ':', '/'].find((character) => name.includes(character));
  if (bad === undefined) return name;
  throw new ConfigError(`Invalid name: ${pythonRepr(name)} because of character: ${pythonRepr(bad)}`);
}
