import { describe, expect, test } from 'bun:test';
import { systemHost } from '../../../src/config/system-host.ts';
import {
  hookTarget,
  httpStatus,
  httpUrl,
  memoryLimit,
  seconds,
} from '../../../src/config/values/extensions.ts';

const host = systemHost();

describe('who is told of something', () => {
  test.each([
    ['/usr/local/bin/tell --loud', { kind: 'command', command: '/usr/local/bin/tell --loud' }],
    ['tell', { kind: 'command', command: 'tell' }],
    ['https://hooks.example.org/a?b=c', { kind: 'webhook', url: 'https://hooks.example.org/a?b=c' }],
    ['HTTP://example.org', { kind: 'webhook', url: 'HTTP://example.org' }],
    ['mailto:ops@example.org', { kind: 'mail', address: 'ops@example.org' }],
    ['mailto:root', { kind: 'mail', address: 'root' }],
  ] as const)('is understood from %j', (text, target) => {
    expect(hookTarget.parse(text, host)).toEqual(target);
  });

  test.each([[''], ['http://'], ['mailto:'], ['mailto:a b'], ['mailto:root\nBcc: all@example.org']])(
    'cannot be %j',
    (text) => {
      expect(() => hookTarget.parse(text, host)).toThrow();
    },
  );
});

describe('what a program is held to', () => {
  test.each([
    ['200MB', 200 * 1024 * 1024],
    ['1', 1],
  ])('may be %j of memory', (text, bytes) => {
    expect(memoryLimit.parse(text, host)).toBe(bytes);
  });

  test.each([['0'], ['-1MB'], ['much']])('cannot be %j of memory', (text) => {
    expect(() => memoryLimit.parse(text, host)).toThrow();
  });

  test.each([
    ['1', 1000],
    ['60', 60_000],
  ])('may be checked every %j seconds', (text, milliseconds) => {
    expect(seconds.parse(text, host)).toBe(milliseconds);
  });

  test.each([['0'], ['86401'], ['soon'], ['1.5']])('cannot be checked every %j seconds', (text) => {
    expect(() => seconds.parse(text, host)).toThrow();
  });

  test.each([['99'], ['600'], ['OK']])('cannot be the status %j', (text) => {
    expect(() => httpStatus.parse(text, host)).toThrow();
  });

  test.each([['ftp://example.org/'], ['localhost:80'], ['/health']])('cannot be checked at %j', (text) => {
    expect(() => httpUrl.parse(text, host)).toThrow();
  });
});
