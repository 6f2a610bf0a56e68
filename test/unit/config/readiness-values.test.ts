import { describe, expect, test } from 'bun:test';
import { systemHost } from '../../../src/config/system-host.ts';
import { readiness } from '../../../src/config/values/readiness.ts';

const host = systemHost();
const parsed = (text: string) => readiness.parse(text, host);

describe('how a program shows that it is ready', () => {
  test.each([
    ['tcp://127.0.0.1:5432', { kind: 'tcp', host: '127.0.0.1', port: 5432 }],
    ['tcp://db.example.org:1', { kind: 'tcp', host: 'db.example.org', port: 1 }],
    ['tcp://db_1:5432', { kind: 'tcp', host: 'db_1', port: 5432 }],
    ['tcp://[::1]:65535', { kind: 'tcp', host: '::1', port: 65_535 }],
    ['unix:///run/app.sock', { kind: 'unix', path: '/run/app.sock' }],
    [`unix:///${'x'.repeat(106)}`, { kind: 'unix', path: `/${'x'.repeat(106)}` }],
    ['http://127.0.0.1:8080/health?a=b', { kind: 'http', url: 'http://127.0.0.1:8080/health?a=b' }],
    ['https://localhost/', { kind: 'http', url: 'https://localhost/' }],
    ['exec:pg_isready -q', { kind: 'exec', command: 'pg_isready -q' }],
    ['exec: /bin/sh -c "a | b"', { kind: 'exec', command: '/bin/sh -c "a | b"' }],
  ] as const)('is understood from %j, and written so again', (text, value) => {
    expect(parsed(text)).toEqual(value);
    expect(parsed(readiness.format(parsed(text)))).toEqual(value);
  });

  test.each([
    ['', 'not a kind of readiness'],
    ['tcp://127.0.0.1', 'not a kind of readiness'],
    ['tcp://127.0.0.1:0', 'not a kind of readiness'],
    ['tcp://127.0.0.1:65536', 'not a kind of readiness'],
    ['tcp://:80', 'not a kind of readiness'],
    ['tcp://::1:80', 'not a kind of readiness'],
    ['tcp://[1.2.3.4]:80', 'not a kind of readiness'],
    ['tcp://999.1.1.1:80', 'not a kind of readiness'],
    ['tcp://user@db:80', 'not a kind of readiness'],
    ['tcp://*:80', 'not a kind of readiness'],
    ['unix://run/app.sock', 'not a kind of readiness'],
    ['unix:///', 'not a kind of readiness'],
    [`unix:///${'ü'.repeat(54)}`, 'longer than 107 bytes'],
    ['http://', 'not a kind of readiness'],
    ['http://127.0.0.1:80x/', 'not a kind of readiness'],
    ['ftp://127.0.0.1/', 'not a kind of readiness'],
    ['exec:', 'not a kind of readiness'],
    ['exec:  ', 'not a kind of readiness'],
    ['exec:"" -q', 'names no program'],
    ["exec:/bin/sh -c 'exit 0", 'No closing quotation'],
    ['exec:/bin/test \\', 'No escaped character'],
  ])('cannot be %j', (text, message) => {
    expect(() => parsed(text)).toThrow(message);
  });
});
