// Whatever the bytes: a configuration, or a ConfigError, and `check` agrees with it.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { checkConfig } from '../../../src/config/check.ts';
import { ConfigError } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { sectionKinds } from '../../../src/config/options/sections.ts';
import { memoryHost } from './memory-host.ts';

/** The configuration, or the message of the error; anything else thrown goes on its way. */
function outcome(text: string | Uint8Array): { config: object } | { message: string } {
  try {
    return { config: load(text) };
  } catch (error) {
    if (error instanceof ConfigError) return { message: error.message };
    throw error;
  }
}

function request(text: string | Uint8Array) {
  const host = memoryHost({ '/etc/main.conf': text, '/etc/d/one.ini': text });
  return { path: '/etc/main.conf', overrides: {}, host };
}

function load(text: string | Uint8Array): object {
  return loadConfig(request(text));
}

const keys = sectionKinds.flatMap(({ options }) => options.map(({ key }) => key));
const names = [
  ...sectionKinds.map(({ sample }) => `[${sample}]`),
  '[DEFAULT]',
  '[program:x]',
  '[group:x]',
  '[]',
  '[x',
];
const pieces = [
  '%(',
  ')s',
  '%%',
  '%(here)s',
  '%(process_num)02d',
  '"',
  "'",
  ',',
  '=',
  ':',
  ';',
  '#',
  ' ',
  '\t',
  '\\',
  'é',
  '𝒳',
];
const values = [
  '1',
  '2',
  '-1',
  'true',
  'AUTO',
  'd/*.ini',
  'x',
  'TERM',
  '10MB',
  'root',
  '0:0',
  'unix:///x',
  'tcp://a:1',
  'EVENT',
];

const value = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.constantFrom(...values), fc.string({ maxLength: 5 })), {
    maxLength: 5,
  })
  .map((parts) => parts.join(''));
/** numprocs stays small: a million processes are read as asked. */
const option = fc
  .tuple(fc.constantFrom(...keys, 'x', ''), fc.constantFrom('=', ':', ' = ', ''), value)
  .map(
    ([key, delimiter, text]) =>
      `${key}${delimiter}${key === 'numprocs' ? text.replace(/\d{3,}/g, '3') : text}`,
  );
const line = fc.oneof(
  { weight: 3, arbitrary: option },
  { weight: 2, arbitrary: fc.constantFrom(...names) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const configuration = fc
  .tuple(fc.array(line, { maxLength: 30 }), fc.constantFrom('\n', '\r\n', '\r', '\n '))
  .map(([lines, end]) => `[supervisord]\n${lines.join(end)}`);

describe('the reader of configurations', () => {
  test('throws nothing but configuration errors for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void outcome(bytes)));
  });

  test('throws nothing but configuration errors for what looks like a configuration', () => {
    fc.assert(
      fc.property(configuration, (text) => void outcome(text)),
      { numRuns: 2000 },
    );
  });

  test('finds among the errors what the daemon would refuse with, and none when it would not', () => {
    fc.assert(
      fc.property(configuration, (text) => {
        const expected = outcome(text);
        const errors = checkConfig(request(text)).mistakes.filter(({ severity }) => severity === 'error');
        if ('config' in expected) expect(errors).toEqual([]);
        else if (!expected.message.startsWith('Source contains parsing errors'))
          expect(errors.map(({ original }) => original)).toContain(expected.message);
        else
          expect(errors.map(({ message }) => message.en)).toContainEqual(
            expect.stringContaining('neither a section nor an option'),
          );
      }),
      { numRuns: 1000 },
    );
  });

  test('gives the same configuration for the same text', () => {
    fc.assert(fc.property(configuration, (text) => expect(outcome(text)).toEqual(outcome(text))));
  });
});
