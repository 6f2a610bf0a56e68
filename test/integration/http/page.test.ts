// The page's files, and what the daemon does for it: as seen by curl, without a browser.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { RawClient } from './raw-client.ts';
import { nextWakeUp, sleepOf } from './wake-up.ts';

const MAX_BYTES = 60_000;

let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start({ config: '[program:cat]\ncommand=/bin/cat\n' });
});
afterAll(() => daemon.stop());

/** Leaves no connection open: as long as there is one, the runtime looks at it every second. */
const get = (path: string, init: BunFetchRequestInit = {}) =>
  fetch(`http://127.0.0.1:${daemon.port}/${path}`, { ...init, decompress: false, keepalive: false });

async function files(): Promise<readonly string[]> {
  const html = await (await get('')).text();
  return [...html.matchAll(/(?:src|href)="(ui\/[^"]+)"/g)].flatMap(([, path]) => path ?? []);
}

test('the feed has no more members than without dependencies when there are none', async () => {
  const feed = await RawClient.connect(daemon.port);
  feed.send('GET /ui/feed HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const text = await feed.until('event: usage');
  feed.close();
  const [, all = ''] = /event: all\ndata: (\{.*\})\n/.exec(text) ?? [];
  const { server: _, ...rest } = JSON.parse(all);
  expect(Object.keys(rest)).toEqual(['processes']);
  for (const member of ['waiting', 'hindrance', 'start'])
    expect(rest.processes[0]).not.toHaveProperty(member);
});

describe('the page', () => {
  test('is less than 60 kB with all its files', async () => {
    const paths = ['', ...(await files())];
    expect(paths.length).toBe(3);
    const sizes = await Promise.all(
      paths.map(async (path) => {
        const answer = await get(path, { headers: { 'Accept-Encoding': 'gzip' } });
        return (await answer.arrayBuffer()).byteLength;
      }),
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(MAX_BYTES);
  });

  test('is on the unix socket too', async () => {
    const answer = await fetch('http://localhost/', {
      unix: daemon.path('supervisor.sock'),
      keepalive: false,
    });
    expect(await answer.text()).toBe(await (await get('')).text());
  });

  test('has files that may be kept for ever, compressed only for those who understand it', async () => {
    for (const path of await files()) {
      const plain = await get(path, { headers: { 'Accept-Encoding': 'identity' } });
      const packed = await get(path, { headers: { 'Accept-Encoding': 'gzip' } });
      expect(plain.headers.get('Content-Encoding')).toBeNull();
      expect(packed.headers.get('Content-Encoding')).toBe('gzip');
      expect(packed.headers.get('Cache-Control')).toContain('immutable');
      expect(Bun.gunzipSync(await packed.arrayBuffer())).toEqual(new Uint8Array(await plain.arrayBuffer()));
    }
  });

  test('forbids the browser everything but its own files', async () => {
    const policy = (await get('')).headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });
});

test('nothing wakes the daemon when the last who looked is gone', async () => {
  const clients = await Promise.all([RawClient.connect(daemon.port), RawClient.connect(daemon.port)]);
  const [feed, log] = clients;
  feed?.send('GET /ui/feed HTTP/1.1\r\nHost: localhost\r\n\r\n');
  log?.send('GET /ui/log/follow HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await feed?.until('event: usage', 2);
  await log?.until('event: piece');
  for (const client of clients) client.close();
  // It looked at the processes every two seconds.
  await eventually(() => nextWakeUp(daemon.pid) > 60, {
    what: 'both threads to sleep for a minute or more',
    timeoutMs: 60_000,
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${sleepOf(daemon.pid)}`);
  });
});
