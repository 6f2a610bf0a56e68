import { describe, expect, test } from 'bun:test';
import {
  authorizationHeader,
  hostHeader,
  parseServerUrl,
  ServerUrlError,
} from '../../../src/client/server-address.ts';

describe('a server URL', () => {
  test.each([
    ['unix:///run/s.sock', { kind: 'unix', path: '/run/s.sock' }],
    ['unix://s.sock', { kind: 'unix', path: 's.sock' }],
    ['unix:///with%20blank', { kind: 'unix', path: '/with%20blank' }],
    ['http://localhost:9001', { kind: 'inet', host: 'localhost', port: 9001 }],
    ['http://LOCALHOST', { kind: 'inet', host: 'localhost', port: 80 }],
    ['http://host:/path?query', { kind: 'inet', host: 'host', port: 80 }],
    ['http://user:pass@word@host:1/x', { kind: 'inet', host: 'host', port: 1 }],
    ['http://[::1]:9001', { kind: 'inet', host: '::1', port: 9001 }],
  ] as const)('%s leads to its address', (url, address) => {
    expect(parseServerUrl(url)).toEqual(address);
  });

  test.each([
    ['https://host', 'Unknown protocol for serverurl https://host'],
    ['HTTP://host', 'Unknown protocol for serverurl HTTP://host'],
    ['', 'Unknown protocol for serverurl '],
    ['http:///path', 'No host in serverurl http:///path'],
    ['http://host:x', "Port could not be cast to integer value as 'x'"],
    ['http://host:65536', 'Port out of range 0-65535'],
  ])('%s leads nowhere', (url, message) => {
    expect(() => parseServerUrl(url)).toThrow(new ServerUrlError(message));
  });
});

describe('the head of a request', () => {
  test('names host and port, but not the default port', () => {
    expect(hostHeader(parseServerUrl('http://host:9001'))).toBe('host:9001');
    expect(hostHeader(parseServerUrl('http://host:80'))).toBe('host');
    expect(hostHeader(parseServerUrl('http://[::1]:9001'))).toBe('[::1]:9001');
    expect(hostHeader(parseServerUrl('unix:///x'))).toBe('localhost');
  });

  test('carries credentials in UTF-8, or none', () => {
    expect(authorizationHeader({ username: 'admin', password: 'grün' })).toBe(
      `Authorization: Basic ${Buffer.from('admin:grün').toString('base64')}\r\n`,
    );
    expect(authorizationHeader(null)).toBe('');
  });
});
