// What clients that do not behave may cost in memory.

import { heapStats } from 'bun:jsc';
import { describe, expect, test } from 'bun:test';
import { EventBus } from '../../../src/events/bus.ts';
import { Exchange } from '../../../src/http/exchange.ts';
import type { RequestHead } from '../../../src/http/request.ts';
import { stateChanges } from '../../../src/http/state-changes.ts';

const head: RequestHead = {
  line: 'POST /RPC2 HTTP/1.1',
  method: 'POST',
  path: '/RPC2',
  query: '',
  version: '1.1',
  headers: new Map(),
  contentLength: { kind: 'bytes', bytes: 100_000 },
};

function objects(): number {
  Bun.gc(true);
  return heapStats().objectCount;
}

describe('a body that comes byte by byte', () => {
  test('arrives as it was sent, and is one object until then', async () => {
    let received = new Uint8Array(0);
    const exchange = new Exchange(
      head,
      {
        kind: 'admitted',
        delayMs: 0,
        handle: ({ body }) => {
          received = body.slice();
          return { status: 200, headers: [], body: '' };
        },
      },
      { kind: 'tcp', address: '127.0.0.1', user: null },
    );
    const before = objects();
    for (let index = 0; index < 100_000; index += 1) exchange.collect(Uint8Array.of(index % 251));
    expect(objects() - before).toBeLessThan(1000);
    expect(exchange.bodyBytes).toBe(100_000);
    await exchange.answer();
    expect(received).toEqual(Uint8Array.from({ length: 100_000 }, (_, index) => index % 251));
  });
});

describe('a client that follows changes of state but does not read', () => {
  test('is ended when it reads again, and until then costs a bounded number of events', async () => {
    const bus = new EventBus();
    const changes = stateChanges(bus, new AbortController().signal);
    const first = changes.next();
    bus.emit({ type: 'PROCESS_GROUP_ADDED', group: 'first' });
    expect((await first).value).toEqual(['PROCESS_GROUP_ADDED', { group: 'first' }]);
    const before = objects();
    for (let index = 0; index < 50_000; index += 1) bus.emit({ type: 'PROCESS_GROUP_ADDED', group: 'more' });
    expect(objects() - before).toBeLessThan(20_000);
    expect((await changes.next()).done).toBe(true);
    expect(bus.wanted('PROCESS_GROUP_ADDED')).toBe(false);
  });
});
