// Hostile clients: thousands of mutated requests from a seed, bombs, endless bodies, hundreds that never finish.
// Whatever comes, the daemon answers the next honest client and its memory stays bounded.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { encodeCall } from '../../../src/xmlrpc/encode.ts';
import { Daemon } from '../../support/daemon.ts';
import { RawClient } from './raw-client.ts';

const SEED = 20261121;
const MUTANTS = 3000;
const MEGABYTE = 1024 * 1024;

let daemon: Daemon;
beforeAll(async () => {
  daemon = await Daemon.start({
    config: '[program:cat]\ncommand=/bin/cat\nstartsecs=0\n',
  });
});
afterAll(() => daemon.stop());

const connect = () => RawClient.connect(daemon.path('supervisor.sock'));
const post = (body: string, length = Buffer.byteLength(body)) =>
  `POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: ${length}\r\n\r\n${body}`;

/** An honest client gets its answer. */
async function expectAnswer(): Promise<void> {
  const client = await connect();
  client.send(post(encodeCall('supervisor.getState', [])));
  expect(await client.until('</methodResponse>')).toContain('RUNNING');
  client.close();
}

/** Of the daemon, at its highest. */
function peakMegabytes(): number {
  const status = readFileSync(`/proc/${daemon.pid}/status`, 'latin1');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

describe('mutated requests', () => {
  test(`(${MUTANTS} of them) never keep the next client from its answer`, async () => {
    const random = mulberry32(SEED);
    for (let count = 0; count < MUTANTS; count += 1) {
      const client = await connect();
      client.send(mutant(random));
      if (count % 10 === 0) client.shutdown();
      if (count % 50 === 0) await expectAnswer();
      client.close();
    }
    await expectAnswer();
    expect(peakMegabytes()).toBeLessThan(400);
  }, 120_000);
});

describe('bombs', () => {
  const nested = '<value><array><data>'.repeat(200_000);
  const laughs = Array.from(
    { length: 10 },
    (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
  ).join('');
  test.each([
    [
      'entities of entities',
      `<!DOCTYPE a [<!ENTITY l0 "ha">${laughs}]><a><methodName>&l10;</methodName></a>`,
    ],
    ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ['nesting', `<methodCall><methodName>a.b</methodName><params><param>${nested}`],
    ['millions of elements', `<methodCall><params>${'<a/>'.repeat(3_500_000)}</params></methodCall>`],
    [
      'millions of attributes',
      `<methodCall ${Array.from({ length: 1_000_000 }, (_, n) => `a${n}=""`).join(' ')}/>`,
    ],
    ['an endless name', `<${'a'.repeat(15 * MEGABYTE)}`],
    ['an endless comment', `<a><!--${'a'.repeat(15 * MEGABYTE)}`],
    ['millions of references', `<a><methodName>${'&amp;'.repeat(3_000_000)}</methodName></a>`],
    ['millions of character references', `<a><methodName>${'&#65;'.repeat(3_000_000)}</methodName></a>`],
    ['a million CDATA sections', `<a><methodName>${'<![CDATA[x]]>'.repeat(1_000_000)}</methodName></a>`],
    ['a million comments', `<a><methodName>${'x<!---->'.repeat(1_500_000)}</methodName></a>`],
    ['millions of line ends', `<a><methodName>${'\r'.repeat(15 * MEGABYTE)}</methodName></a>`],
    ['an attribute of tabs', `<a b="${'\t'.repeat(15 * MEGABYTE)}"/>`],
    ['an endless integer', `<a><methodName>a</methodName><int>${'9'.repeat(10 * MEGABYTE)}</int></a>`],
  ])('(%s) are refused', async (_, body) => {
    const client = await connect();
    client.send(post(body));
    expect(await client.until('HTTP/1.1 ')).toMatch(/^HTTP\/1\.1 (400 Bad Request|200 OK)\r\n/);
    client.close();
    await expectAnswer();
  });

  test('of six clients at once are refused one after the other, and memory stays bounded', async () => {
    const [refs, sections] = ['&#65;'.repeat(3_000_000), '<![CDATA[x]]>'.repeat(1_200_000)];
    const bodies = [refs, sections, refs, sections, refs, sections].map((text) =>
      post(`<a><b>${text}</b></a>`),
    );
    const clients = await Promise.all(
      bodies.map(async (body) => {
        const client = await connect();
        client.send(body);
        return client;
      }),
    );
    await expectAnswer();
    for (const client of clients) {
      await client.until('HTTP/1.1 400 Bad Request');
      client.close();
    }
    expect(peakMegabytes()).toBeLessThan(450);
  });

  test.each(['/ui/operation', '/ui/update', '/api/v1/system.multicall'])(
    'of JSON are refused at %s before anything is made of them',
    async (path) => {
      const fields = 'Host: localhost\r\nContent-Type: application/json';
      const send = async (body: string, length = body.length) => {
        const client = await connect();
        client.send(`POST ${path} HTTP/1.1\r\n${fields}\r\nContent-Length: ${length}\r\n\r\n${body}`);
        return client.until('HTTP/1.1 ');
      };
      expect(await send('{', 16 * MEGABYTE)).toStartWith('HTTP/1.1 413 ');
      const brackets = `{"calls":${'['.repeat(MEGABYTE - 100)}`;
      for (const answer of await Promise.all(Array.from({ length: 6 }, () => send(brackets)))) {
        expect(answer).toStartWith('HTTP/1.1 400 ');
      }
      await expectAnswer();
      expect(peakMegabytes()).toBeLessThan(450);
    },
  );

  test('of 100 MB are refused before they are sent', async () => {
    const client = await connect();
    client.send(post('x', 100 * MEGABYTE));
    await client.until('413 Content Too Large');
    await client.untilClosed();
    await expectAnswer();
  });
});

describe('five hundred slow clients', () => {
  test('with a byte of a header, half a body or an answer unread keep nobody out', async () => {
    const slow = await Promise.all(Array.from({ length: 500 }, connect));
    const list = post(
      encodeCall('system.multicall', [
        Array.from({ length: 300 }, () => ({ methodName: 'system.listMethods' })),
      ]),
    );
    slow.forEach((client, index) => {
      if (index % 3 === 0) client.send('P');
      if (index % 3 === 1) client.send(post('x'.repeat(50_000), 60_000));
      if (index % 3 === 2) {
        client.stopReading();
        client.send(list);
      }
    });
    for (let count = 0; count < 20; count += 1) await expectAnswer();
    for (const client of slow) client.close();
    await expectAnswer();
    expect(peakMegabytes()).toBeLessThan(600);
  }, 60_000);
});

function mutant(random: () => number): Uint8Array {
  const pick = <T>(list: readonly [T, ...T[]]): T => list[Math.floor(random() * list.length)] ?? list[0];
  const seed = pick([
    post(encodeCall('supervisor.getProcessInfo', ['cat'])),
    post(encodeCall('system.multicall', [[{ methodName: 'supervisor.getState', params: [] }]])),
    'GET /logtail/cat/stdout HTTP/1.1\r\nHost: \r\n\r\n\r\n',
    'GET /api/v1/supervisor.getProcessInfo?name=cat HTTP/1.0\r\nAuthorization: Basic Og==\r\n\r\n',
    `GET /ok.html HTTP/1.1\r\n\r\n${post(encodeCall('supervisor.readLog', [0, 100]))}`,
  ]);
  let bytes = Buffer.from(seed);
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes -= 1) {
    const at = Math.floor(random() * bytes.length);
    const length = Math.floor(random() * 12);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    bytes = pick([
      () => Buffer.concat([before, Buffer.of(random() * 256), after.subarray(1)]),
      () => Buffer.concat([before, after.subarray(length)]),
      () => Buffer.concat([before, after.subarray(0, length), after]),
      () =>
        Buffer.concat([
          before,
          Buffer.from(pick(['\r\n', '\r\n\r\n', '\0', '&', '<', '%', '-1', '9'.repeat(20), ']]>'])),
          after,
        ]),
    ])();
  }
  return bytes;
}

/** A small generator of numbers from 0 to 1 that are the same for a seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
