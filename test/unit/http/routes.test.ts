// Every URL says what it takes of a body, and takes no more: also one that is added later.
import { afterAll, describe, expect, test } from 'bun:test';
import { loadConfig } from '../../../src/config/load.ts';
import { bodyLimits, maxSkippedBytes } from '../../../src/http/limits.ts';
import { LoginGuard } from '../../../src/http/login-guard.ts';
import type { RequestHead } from '../../../src/http/request.ts';
import { admitter, type Route } from '../../../src/http/router.ts';
import { routesFor } from '../../../src/http/routes.ts';
import { Supervisor } from '../../../src/supervisor/supervisor.ts';
import { TestContext } from '../../support/daemon-context.ts';
import { memoryHost } from '../config/memory-host.ts';

/** Of a daemon without programs; no process is ever started or reaped. */
const config = loadConfig({
  path: '/etc/s.conf',
  overrides: {},
  host: memoryHost({
    '/etc/s.conf':
      '[supervisord]\nlogfile=NONE\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=x:y\n',
  }),
});
const context = new TestContext(config.supervisord);
// Its reaper would take the children of other tests.
afterAll(() => context.end());
const all = routesFor(new Supervisor(config, context.daemon(), () => config));
const guard = new LoginGuard(() => {});

const request = (method: string, path: string, bytes: number): RequestHead => ({
  ...{ line: `${method} ${path} HTTP/1.1`, method, path, query: '', version: '1.1', headers: new Map() },
  contentLength: { kind: 'bytes', bytes },
});

const peer = { kind: 'unix', pid: 1, uid: 0 } as const;

/** Requests that a route answers; a method of the JSON API and a log stand for all below their paths. */
function answered({ path, find }: Route): readonly RequestHead[] {
  const paths = [path, `${path}/supervisor.getState`, `${path}a:b/stdout`];
  return paths
    .flatMap((each) => ['GET', 'HEAD', 'POST', 'PUT'].map((method) => request(method, each, 1)))
    .filter((head) => typeof find(head) === 'function');
}

describe('every route', () => {
  test('is found by its path', () => {
    expect(all.length).toBeGreaterThan(20);
    expect(new Set(all.map(({ path }) => path)).size).toBe(all.length);
    for (const route of all) expect([route.path, answered(route).length > 0]).toEqual([route.path, true]);
  });

  test.each(all.map((route) => [route.path, route.body, route] as const))(
    '(%s) takes what its kind of body (%s) may have, and not a byte more',
    (_, body, route) => {
      const names = { asked: null, pages: new Set<string>() };
      const admit = admitter({ credentials: null, guard, routes: [route], names });
      const { bytes } = bodyLimits[body];
      for (const { method, path } of answered(route)) {
        expect(admit(request(method, path, bytes), peer).kind).toBe('admitted');
        expect(admit(request(method, path, bytes + 1), peer)).toMatchObject({ response: { status: 413 } });
      }
    },
  );

  test('is bounded in all that a body of its kind can be made of', () => {
    expect(Math.max(...Object.values(bodyLimits).map(({ bytes }) => bytes))).toBe(16 * 1024 * 1024);
    for (const kind of ['json', 'xml'] as const) {
      expect(bodyLimits[kind].depth).toBeLessThanOrEqual(200);
      expect(bodyLimits[kind].pieces).toBeLessThanOrEqual(500_000);
    }
    expect(maxSkippedBytes).toBeLessThanOrEqual(64 * 1024);
  });
});
