import { expect, test } from 'bun:test';
import { localeCoercion } from '../../../src/python/locale-coercion.ts';

const everywhere = ['C', 'POSIX', 'C.UTF-8', 'C.utf8', 'en_US', 'de_DE.UTF-8'];

function coerced(environment: Record<string, string>, installed: readonly string[] = everywhere): string {
  return localeCoercion(environment, (name) => installed.includes(name)).LC_CTYPE ?? 'as it is';
}

test.each([
  [{}, 'C.UTF-8'],
  [{ LANG: '', LC_CTYPE: '', LC_ALL: '' }, 'C.UTF-8'],
  [{ LANG: 'C' }, 'C.UTF-8'],
  [{ LANG: 'POSIX' }, 'C.UTF-8'],
  [{ LANG: 'xx_YY.UTF-8' }, 'C.UTF-8'],
  [{ LC_CTYPE: 'C', LANG: 'de_DE.UTF-8' }, 'C.UTF-8'],
  [{ PYTHONCOERCECLOCALE: '1' }, 'C.UTF-8'],
  [{ LANG: 'de_DE.UTF-8' }, 'as it is'],
  [{ LANG: 'en_US' }, 'as it is'],
  [{ LANG: 'C', LC_CTYPE: 'de_DE.UTF-8' }, 'as it is'],
  [{ LC_ALL: 'C' }, 'as it is'],
  [{ LC_ALL: 'xx_YY' }, 'as it is'],
  [{ PYTHONCOERCECLOCALE: '0' }, 'as it is'],
])('the environment %j gets LC_CTYPE %s', (environment, expected) => {
  expect(coerced(environment)).toBe(expected);
});

test('the first UTF-8 locale that is installed is taken, or none', () => {
  expect(coerced({}, ['C', 'C.utf8', 'UTF-8'])).toBe('C.utf8');
  expect(coerced({}, ['C', 'UTF-8'])).toBe('UTF-8');
  expect(coerced({}, ['C'])).toBe('as it is');
});
