import { expect, test } from 'bun:test';
import type { ServerConfig } from '../../../src/config/config.ts';
import { serverUrlForChildren } from '../../../src/config/server-url.ts';

const common = { section: 'x', credentials: null, allowedHosts: [] };
const unix = (path: string): ServerConfig => ({
  ...common,
  kind: 'unix',
  path,
  mode: 0o700,
  owner: { uid: -1, gid: -1 },
  allowedUids: null,
});
const inet = (host: string, port: number): ServerConfig => ({ ...common, kind: 'inet', host, port });

test('children reach a unix server before any other, and of the others the last', () => {
  expect(serverUrlForChildren([inet('', 1), unix('/a'), unix('/b')])).toBe('unix:///a');
  expect(serverUrlForChildren([inet('', 1), inet('127.0.0.1', 2)])).toBe('http://127.0.0.1:2');
  expect(serverUrlForChildren([])).toBeNull();
});

test('a host stands in a URL as URLs want it', () => {
  expect(serverUrlForChildren([inet('', 9001)])).toBe('http://localhost:9001');
  expect(serverUrlForChildren([inet('::1', 9001)])).toBe('http://[::1]:9001');
  expect(serverUrlForChildren([inet('[::1]', 9001)])).toBe('http://[::1]:9001');
  expect(serverUrlForChildren([inet('example.com', 9001)])).toBe('http://example.com:9001');
});
