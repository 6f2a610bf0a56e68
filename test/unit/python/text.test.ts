import { describe, expect, test } from 'bun:test';
import { ConfigError } from '../../../src/config/config.ts';
import { parseInteger } from '../../../src/config/values/scalars.ts';
import { formatWithNames, type Names } from '../../../src/python/format.ts';
import { parseOctal } from '../../../src/python/integer.ts';
import { pythonRepr, pythonReprOfBytes } from '../../../src/python/repr.ts';
import { compareByCodePoint, strip, words } from '../../../src/python/text.ts';

describe('repr of a string', () => {
  test.each([
    ['plain', "'plain'"],
    ["it's", '"it\'s"'],
    ['both \' and "', "'both \\' and \"'"],
    ['a\\b\n\r\t', "'a\\\\b\\n\\r\\t'"],
    ['\0\x1b\x7f\x85\xa0', "'\\x00\\x1b\\x7f\\x85\\xa0'"],
    ['é☃𝒳', "'é☃𝒳'"],
    ['\u200b\u2028\ufeff', "'\\u200b\\u2028\\ufeff'"],
    ['\u{e0001}', "'\\U000e0001'"],
    ['\ud800', "'\\ud800'"],
  ])('%j is quoted as Python does', (text, expected) => {
    expect(pythonRepr(text)).toBe(expected);
  });

  test('of bytes shows everything outside printable ASCII in hexadecimal', () => {
    expect(pythonReprOfBytes(Buffer.from("a'é\n\0"))).toBe('b"a\'\\xc3\\xa9\\n\\x00"');
  });
});

describe('numbers', () => {
  test.each([
    ['1', 1],
    [' 1_000 ', 1000],
    ['+3', 3],
    ['-7', -7],
    ['007', 7],
    ['٣', 3],
    ['１２', 12],
    ['𝟙𝟚', 12],
  ])('%j is an integer', (text, expected) => {
    expect(parseInteger(text)).toBe(expected);
  });

  test.each(['', '1.5', '0x1', '1__0', '_1', '1 2', '--1'])('%j is none', (text) => {
    expect(() => parseInteger(text)).toThrow(
      new ConfigError(`invalid literal for int() with base 10: ${pythonRepr(text)}`),
    );
  });

  test.each([
    ['022', 18],
    ['0o22', 18],
    ['-7', -7],
    ['0O_7', 7],
    ['8', null],
    ['', null],
    ['0x1', null],
  ])('%j as an octal number', (text, expected) => {
    expect(parseOctal(text)).toBe(expected);
  });
});

describe('blanks and order', () => {
  test('blanks are those of Python', () => {
    expect(strip('\u00a0\x1c a\ufeff \u2003')).toBe('a\ufeff');
    expect(words(' a\n\tb\u00a0c ')).toEqual(['a', 'b', 'c']);
  });

  test('what is outside the basic plane sorts last', () => {
    expect(['𝒳', '\ufb01', 'b', 'B', 'ab', 'a'].sort(compareByCodePoint)).toEqual([
      'B',
      'a',
      'ab',
      'b',
      '\ufb01',
      '𝒳',
    ]);
  });
});

describe('the % operator', () => {
  const known = new Map<string, string | number>([
    ['name', 'web'],
    ['n', 7],
  ]);
  const names: Names = { get: (name) => known.get(name), entries: () => known };

  test.each([
    ['%(name)s-%(n)02d', 'web-07'],
    ['100%%', '100%'],
    ['%(name)5s|%(name)-5s|%(name).2s', '  web|web  |we'],
    ['%(n)+d %(n)x %(n)#o %(n)03.2f', '+7 7 0o7 7.00'],
    ['%(n)e %(n)g', '7.000000e+00 7'],
    ['%(name)r', "'web'"],
    ['+%s', "+{'name': 'web', 'n': 7}"],
  ])('%j becomes %j', (template, expected) => {
    expect(formatWithNames(template, names)).toBe(expected);
  });

  test.each([
    ['%', 'incomplete format'],
    ['%(name', 'incomplete format key'],
    ['%(name)', 'incomplete format'],
    ['𝒳%(name)y', "unsupported format character 'y' (0x79) at index 8"],
    ['%(name)d', '%d format: a real number is required, not str'],
    ['%(name)s %s', 'not enough arguments for format string'],
    ['%(n)999999999d', 'width too big'],
  ])('%j fails: %s', (template, message) => {
    expect(() => formatWithNames(template, names)).toThrow(message);
  });

  test('inserted text is not looked at again', () => {
    expect(formatWithNames('%(a)s', { get: () => '%(b)s', entries: () => [] })).toBe('%(b)s');
  });
});
