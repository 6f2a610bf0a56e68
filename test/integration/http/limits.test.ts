import { afterEach, describe, expect, test } from 'bun:test';
import { eventually } from '../../support/eventually.ts';
import { RawClient } from './raw-client.ts';
import { TestServer } from './test-server.ts';

let server: TestServer;
afterEach(() => server.stop());

const OK = 'GET /ok.html HTTP/1.1\r\n\r\n';
const answered = async (client: RawClient, times = 1) => {
  client.send(OK);
  await client.until('\r\n\r\nOK', times);
};

describe('time', () => {
  test('to finish a started request is limited, to start one is not', async () => {
    server = new TestServer({ requestMs: 50 });
    const [idle, slow] = [await RawClient.connect(server.path), await RawClient.connect(server.path)];
    await answered(idle);
    slow.send('POST /RPC2 HTTP/1.1\r\nContent-Length: 100\r\n\r\nhello');
    await slow.untilClosed();
    expect(slow.text).toBe('');
    await Bun.sleep(100);
    await answered(idle, 2);
  });

  test('is given anew to every request of a connection', async () => {
    server = new TestServer({ requestMs: 150 });
    const client = await RawClient.connect(server.path);
    for (let count = 1; count <= 6; count += 1) {
      client.send('GET /ok.html ');
      await Bun.sleep(40);
      client.send('HTTP/1.1\r\n\r\n');
      await client.until('\r\n\r\nOK', count);
    }
  });

  test('to read an answer is limited', async () => {
    server = new TestServer({ answerMs: 50 });
    const client = await RawClient.connect(server.path);
    client.stopReading();
    client.send('GET /big?8000000 HTTP/1.1\r\n\r\n');
    await Bun.sleep(150);
    client.readAgain();
    await client.untilClosed();
    expect(client.byteCount).toBeLessThan(8_000_000);
  });

  test('to read a stream is not', async () => {
    server = new TestServer({ answerMs: 50, requestMs: 50 });
    const client = await RawClient.connect(server.path);
    client.stopReading();
    client.send('GET /stream?flood HTTP/1.1\r\n\r\n');
    await Bun.sleep(150);
    client.readAgain();
    await eventually(() => client.byteCount > 2_000_000, { what: 'the stream to go on' });
    expect(client.isClosed).toBe(false);
    client.close();
  });
});

describe('connections beyond the limit', () => {
  test('take the place of the one that was idle longest', async () => {
    server = new TestServer({ connections: 3 });
    const clients = [];
    for (let count = 0; count < 3; count += 1) {
      clients.push(await RawClient.connect(server.path));
      await Bun.sleep(2);
    }
    const [first, second, third] = clients;
    if (!first || !second || !third) throw new Error('three clients');
    await answered(first);
    const fourth = await RawClient.connect(server.path);
    await answered(fourth);
    await second.untilClosed();
    expect([first.isClosed, third.isClosed]).toEqual([false, false]);
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
  test('kept for unread answers is bounded: the stalest reader goes', async () => {
    server = new TestServer({ heldBytes: 12_000_000 });
    const clients = [];
    for (let count = 0; count < 3; count += 1) {
      const client = await RawClient.connect(server.path);
      client.stopReading();
      client.send('GET /big?5000000 HTTP/1.1\r\n\r\n');
      await Bun.sleep(20);
      clients.push(client);
    }
    const [first, ...others] = clients;
    if (!first) throw new Error('a client');
    for (const client of clients) client.readAgain();
    await first.untilClosed();
    expect(first.byteCount).toBeLessThan(5_000_000);
    for (const client of others) await eventually(() => client.byteCount > 5_000_000, { what: 'the answer' });
  });

  test('kept for unfinished bodies is bounded', async () => {
    server = new TestServer({ heldBytes: 100_000 });
    const body = 'x'.repeat(60_000);
    const first = await RawClient.connect(server.path);
    first.send(`POST /RPC2 HTTP/1.1\r\nContent-Length: 60001\r\n\r\n${body}`);
    await Bun.sleep(20);
    const second = await RawClient.connect(server.path);
    second.send(`POST /RPC2 HTTP/1.1\r\nContent-Length: 60001\r\n\r\n${body}`);
    await first.untilClosed();
    second.send('x');
    await second.until('body 60001');
  });
});
