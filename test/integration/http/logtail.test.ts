// Logs followed over HTTP while they grow, are cleared, moved, truncated and rotated.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { encodeCall } from '../../../src/xmlrpc/encode.ts';
import { Daemon, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { RawClient } from './raw-client.ts';

const config = `
[program:cat]
command=/bin/cat
stdout_logfile=%(here)s/cat.log
redirect_stderr=true
startsecs=0
[program:container]
command=/bin/cat
stdout_logfile=/dev/stdout
stdout_logfile_maxbytes=0
stderr_logfile=/dev/null
stderr_logfile_maxbytes=0
startsecs=0
[program:turning]
command=/bin/cat
stdout_logfile=%(here)s/turning.log
stdout_logfile_maxbytes=1000
stdout_logfile_backups=5
startsecs=0
`;

let daemon: Daemon;
beforeEach(async () => {
  daemon = await Daemon.start({ config });
});
afterEach(() => daemon.stop());

const connect = () => RawClient.connect(daemon.path('supervisor.sock'));

async function follow(path: string, version = '1.1'): Promise<RawClient> {
  const client = await connect();
  client.send(`GET ${path} HTTP/${version}\r\nHost: \r\n\r\n`);
  await client.until('\r\n\r\n');
  return client;
}

async function call(method: string, ...params: string[]): Promise<void> {
  const client = await connect();
  const body = encodeCall(method, params);
  client.send(`POST /RPC2 HTTP/1.1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  expect(await client.until('</methodResponse>')).not.toContain('<fault>');
  client.close();
}

const write = (text: string, name = 'cat') => call('supervisor.sendProcessStdin', name, text);

/** The body, its chunks joined; throws when one of them is not UTF-8 by itself. */
function body(client: RawClient): string {
  let rest = client.bytes.subarray(client.bytes.indexOf('\r\n\r\n') + 4);
  let text = '';
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n');
    const length = Number.parseInt(rest.subarray(0, end).toString(), 16);
    if (end < 0 || rest.length < end + 2 + length + 2) break;
    text += new TextDecoder('utf-8', { fatal: true }).decode(rest.subarray(end + 2, end + 2 + length));
    rest = rest.subarray(end + 2 + length + 2);
  }
  return text;
}

async function expectBody(client: RawClient, text: string): Promise<void> {
  await eventually(() => body(client) === text, { what: JSON.stringify(text) }).catch(() => {});
  expect(body(client)).toBe(text);
}

describe('a followed log', () => {
  test('is announced at once, even if it is empty, and sent as it grows', async () => {
    writeFileSync(daemon.path('cat.log'), '');
    const client = await follow('/logtail/cat/stdout');
    expect(client.text).toMatch(
      /^HTTP\/1\.1 200 OK\r\nServer: .*\r\nDate: .*\r\nLast-Modified: .* GMT\r\nContent-Type: text\/plain;charset=utf-8\r\nX-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n$/,
    );
    await write('one\n');
    await expectBody(client, 'one\n');
    await write('é\n');
    await expectBody(client, 'one\né\n');
    client.close();
  });

  test('begins with its last 1024 bytes, but not inside a character', async () => {
    writeFileSync(daemon.path('cat.log'), `${'x'.repeat(99)}${'é'.repeat(600)}\n`);
    const client = await follow('/logtail/cat');
    await expectBody(client, `${'é'.repeat(511)}\n`);
    client.close();
  });

  test('is never cut inside a character, however it is written', async () => {
    const client = await follow('/logtail/cat');
    for (const byte of Buffer.from('€ and 😀')) appendFileSync(daemon.path('cat.log'), Uint8Array.of(byte));
    await write('.\n');
    await expectBody(client, '€ and 😀.\n');
    client.close();
  });

  test('goes on in the file that was moved away, and from the first byte of its successor', async () => {
    const client = await follow('/logtail/cat');
    await write('one\n');
    await expectBody(client, 'one\n');
    renameSync(daemon.path('cat.log'), daemon.path('moved.log'));
    await write('late\n');
    await expectBody(client, 'one\nlate\n');
    await call('supervisor.clearProcessLogs', 'cat');
    await write('fresh\n');
    await expectBody(client, 'one\nlate\nfresh\n');
    client.close();
  });

  test('that is truncated says so and begins anew', async () => {
    const client = await follow('/logtail/cat');
    await write('0123456789\n');
    await expectBody(client, '0123456789\n');
    truncateSync(daemon.path('cat.log'), 3);
    await write('x\n');
    await expectBody(client, '0123456789\n==> File truncated <==\n012x\n');
    client.close();
  });

  test('loses nothing when it is rotated', async () => {
    const client = await follow('/logtail/turning');
    let expected = '';
    for (let line = 0; line < 60; line += 1) {
      const text = `line ${line} ${'x'.repeat(40)}\n`;
      expected += text;
      await write(text, 'turning');
      await expectBody(client, expected);
    }
    client.close();
  });

  test.each(['1.0', '1.1 with Connection: close'])('comes as it is over HTTP/%s', async (version) => {
    writeFileSync(daemon.path('cat.log'), 'before\n');
    const client = await connect();
    const [number, ...close] = version.split(' with ');
    client.send(`${[`GET /logtail/cat HTTP/${number}`, ...close].join('\r\n')}\r\n\r\n`);
    expect(await client.until('before\n')).toEndWith('X-Accel-Buffering: no\r\n\r\nbefore\n');
    await write('after\n');
    await client.until('before\nafter\n');
    client.close();
  });

  test("may be the daemon's own", async () => {
    const client = await follow('/mainlogtail');
    expect(client.text).not.toContain('X-Accel-Buffering');
    await call('supervisor.stopProcess', 'cat');
    await eventually(() => body(client).includes('stopped: cat (terminated by SIGTERM)'), {
      what: 'the line',
    });
    client.close();
  });

  test('ends with the daemon', async () => {
    const client = await follow('/logtail/cat');
    await call('supervisor.shutdown');
    await client.untilClosed();
    expect(await daemon.subprocess.exited).toBe(0);
  });
});

describe('a log that is not a regular file', () => {
  test.each([
    ['/dev/stdout', 'stdout'],
    ['/dev/null', 'stderr'],
  ])('(%s) stays open and says why nothing comes', async (path, channel) => {
    const client = await follow(`/logtail/container/${channel}`);
    expect(client.text).toStartWith('HTTP/1.1 200 OK\r\n');
    await expectBody(client, `==> ${path} is not a regular file, its output cannot be followed <==\n`);
    await write('shown elsewhere\n', 'container');
    expect(client.isClosed).toBe(false);
    client.close();
  });

  test('is answered alike when it is the log of the daemon', async () => {
    const executable = ['bash', '-c', 'exec "$0" "$@" > >(tee supervisord.log)', ...ours];
    const inContainer = await Daemon.start({ config: '', executable, args: ['-l', '/dev/stdout'] });
    const client = await RawClient.connect(inContainer.path('supervisor.sock'));
    client.send('GET /mainlogtail HTTP/1.1\r\n\r\n');
    expect(await client.until('cannot be followed <==')).toStartWith('HTTP/1.1 200 OK\r\n');
    expect(client.isClosed).toBe(false);
    client.close();
    expect(await inContainer.stop()).toBe(0);
  });
});

describe('no log is followed', () => {
  test.each([
    '/logtail',
    '/logtail/',
    '/logtail/nosuch',
    '/logtail/cat/stderr',
    '/logtail/cat/STDOUT',
    '/logtail/cat/stdout/x',
    '/logtail/cat:*',
    '/logtail/..%2f..%2fetc%2fpasswd',
  ])('at %s', async (path) => {
    const client = await connect();
    client.send(`GET ${path} HTTP/1.1\r\n\r\n`);
    await client.until('404 Not Found');
    client.close();
  });
});
