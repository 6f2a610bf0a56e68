import { afterEach, describe, expect, test } from 'bun:test';
import { chmodSync } from 'node:fs';
import type { HttpLimits } from '../../../src/http/limits.ts';
import { run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RawClient } from './raw-client.ts';
import { TestServer } from './test-server.ts';

let server: TestServer;
afterEach(() => server.stop());

/** Begins to serve, at a time that passes only when the test says so. */
function serve(limits: Partial<HttpLimits>): { readonly clock: FakeClock } {
  const clock = new FakeClock();
  server = new TestServer(limits, clock);
  return { clock };
}

const OK = 'GET /ok.html HTTP/1.1\r\n\r\n';
const answered = async (client: RawClient, times = 1) => {
  client.send(OK);
  await client.until('\r\n\r\nOK', times);
};

describe('time', () => {
  /** Longer than everything else may take. */
  const limitMs = 1000;

  test('to finish a started request is limited, to start one is not', async () => {
    const { clock } = serve({ requestMs: limitMs });
    const [idle, slow] = [await RawClient.connect(server.path), await RawClient.connect(server.path)];
    await answered(idle);
    slow.send('POST /RPC2 HTTP/1.1\r\nContent-Length: 100\r\n\r\nhello');
    await eventually(() => clock.due.length > 0, { what: 'the request to begin' });
    clock.advance(limitMs);
    await slow.untilClosed();
    expect(slow.text).toBe('');
    await answered(idle, 2);
  });

  test('is given anew to every request of a connection', async () => {
    const { clock } = serve({ requestMs: limitMs });
    const client = await RawClient.connect(server.path);
    for (let count = 1; count <= 6; count += 1) {
      client.send('GET /ok.html ');
      await eventually(() => clock.due.length > 0, { what: 'the request to begin' });
      expect(clock.due).toEqual([limitMs]);
      clock.advance(limitMs - 1);
      client.send('HTTP/1.1\r\n\r\n');
      await client.until('\r\n\r\nOK', count);
    }
  });

  test('to read an answer is limited', async () => {
    const { clock } = serve({ answerMs: limitMs });
    const client = await RawClient.connect(server.path);
    client.stopReading();
    client.send('GET /big?8000000 HTTP/1.1\r\n\r\n');
    await eventually(() => clock.due.length > 0, { what: 'the answer to be on its way' });
    clock.advance(limitMs);
    client.readAgain();
    await client.untilClosed();
    expect(client.byteCount).toBeLessThan(8_000_000);
  });

  test('to read a stream is not', async () => {
    const { clock } = serve({ answerMs: limitMs, requestMs: limitMs });
    const client = await RawClient.connect(server.path);
    client.stopReading();
    client.send('GET /stream?flood HTTP/1.1\r\n\r\n');
    await eventually(() => server.bufferedBytes.some((bytes) => bytes > 0), { what: 'it to be held up' });
    expect(clock.due).toEqual([]);
    client.readAgain();
    await eventually(() => client.byteCount > 2_000_000, { what: 'the stream to go on' });
    expect(client.isClosed).toBe(false);
    client.close();
  });
});

describe('connections beyond the limit', () => {
  test('take the place of the one that was idle longest', async () => {
    const { clock } = serve({ connections: 3 });
    const clients = [];
    for (let count = 1; count <= 3; count += 1) {
      clients.push(await RawClient.connect(server.path));
      await eventually(() => server.connections === count, { what: 'it to be accepted' });
      clock.advance(1);
    }
    const [first, second, third] = clients;
    if (!first || !second || !third) throw new Error('three clients');
    await answered(first);
    const fourth = await RawClient.connect(server.path);
    await answered(fourth);
    await second.untilClosed();
    expect([first.isClosed, third.isClosed]).toEqual([false, false]);
  });

  test('are a few more for root, who connects while others wait for answers', async () => {
    server = new TestServer({ connections: 2, ownConnections: 1 });
    chmodSync(server.directory, 0o755);
    chmodSync(server.path, 0o777);
    const waiting = [await RawClient.connect(server.path), await RawClient.connect(server.path)];
    for (const client of waiting) client.send('GET /later HTTP/1.1\r\n\r\n');
    await eventually(() => server.later.length === 2, { what: 'both to wait' });
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const curl = ['curl', '-s', '--unix-socket', server.path, 'http://localhost/ok.html'];
    expect((await run([...asNobody, ...curl])).stdout).toBe('');
    expect((await run(curl)).stdout).toBe('OK');
  });

  test('never end one that waits for an answer', async () => {
    server = new TestServer({ connections: 2 });
    const waiting = [await RawClient.connect(server.path), await RawClient.connect(server.path)];
    for (const client of waiting) client.send('GET /later HTTP/1.1\r\n\r\n');
    await eventually(() => server.later.length === 2, { what: 'both requests' });
    await (await RawClient.connect(server.path)).untilClosed();
    for (const answer of server.later) answer.resolve('at last');
    for (const client of waiting) await client.until('at last');
  });

  test('who send half a request all at once do not keep others out', async () => {
    server = new TestServer({ connections: 50 });
    const slow = await Promise.all(Array.from({ length: 200 }, () => RawClient.connect(server.path)));
    for (const client of slow) client.send('POST /RPC2 HTTP/1.1\r\nContent-Le');
    await answered(await RawClient.connect(server.path));
    for (const client of slow) client.close();
  });
});

describe('memory', () => {
  async function notReading(request: string): Promise<RawClient> {
    const client = await RawClient.connect(server.path);
    client.stopReading();
    client.send(request);
    return client;
  }

  test('kept for unread answers is bounded: the stalest reader goes', async () => {
    const { clock } = serve({ bufferedBytes: 12_000_000 });
    const clients = [];
    const held = () => server.bufferedBytes.filter((bytes) => bytes > 0).length;
    for (let count = 1; count <= 2; count += 1) {
      clients.push(await notReading('GET /big?5000000 HTTP/1.1\r\n\r\n'));
      await eventually(() => held() === count, { what: 'the answer to be on its way' });
      clock.advance(1);
    }
    clients.push(await notReading('GET /big?5000000 HTTP/1.1\r\n\r\n'));
    await eventually(() => server.connections === 2, { what: 'one to be cut off' });
    const [first, ...others] = clients;
    if (!first) throw new Error('a client');
    for (const client of clients) client.readAgain();
    await first.untilClosed();
    expect(first.byteCount).toBeLessThan(5_000_000);
    for (const client of others) await eventually(() => client.byteCount > 5_000_000, { what: 'the answer' });
  });

  test('exceeded by an answer ends its connection, and the requests behind it are not carried out', async () => {
    server = new TestServer({ bufferedBytes: 1_000_000 });
    const client = await notReading('GET /big?8000000 HTTP/1.1\r\n\r\nGET /later HTTP/1.1\r\n\r\n');
    await eventually(() => server.log.some((line) => line.includes('/big')), { what: 'it to be cut off' });
    client.readAgain();
    await client.untilClosed();
    expect(server.later).toEqual([]);
    expect(server.connections).toBe(0);
  });

  test('is not counted for clients that left a stream', async () => {
    const lastChunkBytes = 5;
    server = new TestServer({ bufferedBytes: 10 * lastChunkBytes });
    for (let count = 1; count <= 11; count += 1) {
      const client = await RawClient.connect(server.path);
      client.send('GET /stream HTTP/1.1\r\n\r\n');
      await client.until('first');
      client.close();
      await eventually(() => server.streamsLeft === count, { what: 'the stream to end' });
    }
    const client = await RawClient.connect(server.path);
    client.send('POST /RPC2 HTTP/1.1\r\nContent-Length: 6\r\n\r\nhello');
    await eventually(() => server.bufferedBytes.includes(5), { what: 'the body' });
    client.send('!');
    await client.until('body 6');
  });

  test('kept for unfinished bodies is bounded', async () => {
    server = new TestServer({ bufferedBytes: 100_000 });
    const body = 'x'.repeat(60_000);
    const first = await RawClient.connect(server.path);
    first.send(`POST /RPC2 HTTP/1.1\r\nContent-Length: 60001\r\n\r\n${body}`);
    await eventually(() => server.bufferedBytes.includes(body.length), { what: 'its body' });
    const second = await RawClient.connect(server.path);
    second.send(`POST /RPC2 HTTP/1.1\r\nContent-Length: 60001\r\n\r\n${body}`);
    await first.untilClosed();
    second.send('x');
    await second.until('body 60001');
  });
});
