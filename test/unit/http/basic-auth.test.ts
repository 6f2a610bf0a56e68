import { describe, expect, test } from 'bun:test';
import { authenticate } from '../../../src/http/basic-auth.ts';

const admin = { username: 'admin', password: 'pass:word' };
const hashed = { username: 'admin', password: '{SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4' };
const basic = (pair: string | Uint8Array) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('credentials', () => {
  test.each([
    ['the pair', basic('admin:pass:word'), 'accepted'],
    [
      'the pair behind a scheme in capitals and several blanks',
      basic('admin:pass:word').replace('Basic ', 'BASIC   '),
      'accepted',
    ],
    ['a wrong password', basic('admin:pass:wor'), 'denied'],
    ['a longer password', basic('admin:pass:word '), 'denied'],
    ['a wrong name', basic('Admin:pass:word'), 'denied'],
    ['an empty pair', 'Basic Og==', 'denied'],
    ['no colon', basic('admin'), 'denied'],
    ['nothing', 'Basic ', 'denied'],
    ['no header', undefined, 'denied'],
    ['another scheme', basic('admin:pass:word').replace('Basic', 'Bearer'), 'denied'],
    ['bytes that are no UTF-8', basic(Uint8Array.of(0xff, 0x3a)), 'malformed'],
  ] as const)('with %s are %s', (_, header, verdict) => {
    expect(authenticate(header, admin)).toBe(verdict);
  });

  test('without a colon are denied, though part of it and all of it were the pair', () => {
    const alike = { username: 'admin', password: 'admin1' };
    expect(authenticate(basic('admin:admin1'), alike)).toBe('accepted');
    expect(authenticate(basic('admin1'), alike)).toBe('denied');
  });

  test('kept as a SHA-1 in hexadecimal digits are compared by digest', () => {
    expect(authenticate(basic('admin:secret'), hashed)).toBe('accepted');
    expect(authenticate(basic('admin:Secret'), hashed)).toBe('denied');
    expect(authenticate(basic(`admin:${hashed.password}`), hashed)).toBe('denied');
    for (const [proof, verdict] of [
      ['password', 'denied'],
      ['password or hash', 'accepted'],
    ] as const)
      expect(authenticate(basic(`admin:${hashed.password}`), hashed, proof)).toBe(verdict);
    expect(authenticate(basic('admin:{SHA}'), hashed, 'password or hash')).toBe('denied');
    const capitals = { ...hashed, password: hashed.password.toUpperCase() };
    expect(authenticate(basic('admin:secret'), capitals)).toBe('denied');
  });

  test('in plain text may hold characters beyond ASCII', () => {
    expect(authenticate(basic('admin:é'), { username: 'admin', password: 'é' })).toBe('accepted');
  });
});
