import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { UnixServerConfig } from '../../../src/config/config.ts';
import { ListenError, type Listener, openListener } from '../../../src/http/listener.ts';
import { libc } from '../../../src/linux/libc.ts';
import { run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { RawClient } from './raw-client.ts';
import { TestServer } from './test-server.ts';

let server: TestServer;
beforeEach(() => {
  server = new TestServer();
});
afterEach(() => server.stop());

const unix = (path: string): UnixServerConfig => ({
  kind: 'unix',
  section: 'unix_http_server',
  path,
  mode: 0o700,
  owner: { uid: -1, gid: -1 },
  allowedUids: null,
  credentials: null,
  allowedHosts: [],
});
const inet = (host: string, port: number) =>
  ({ kind: 'inet', section: 'inet_http_server', host, port, credentials: null, allowedHosts: [] }) as const;
const here = (name: string) => join(server.directory, name);

function open(config: Parameters<typeof openListener>[0]): Listener & { stale: string[] } {
  const stale: string[] = [];
  const listener = openListener(config, (path) => stale.push(path));
  libc.close(listener.fd);
  return { ...listener, stale };
}

function complaint(config: Parameters<typeof openListener>[0]): string {
  try {
    open(config);
  } catch (error) {
    if (error instanceof ListenError) return error.message;
    throw error;
  }
  return 'opened';
}

const ALREADY =
  'Another program is already listening on a port that one of our HTTP servers is configured to use.  Shut this program down first before starting supervisord.';

describe('a unix socket', () => {
  test('has the configured mode and owner, and nothing else is left beside it', () => {
    open({ ...unix(here('a.sock')), mode: 0o666, owner: { uid: 12, gid: 34 } });
    const { mode, uid, gid } = lstatSync(here('a.sock'));
    expect([mode & 0o7777, uid, gid]).toEqual([0o666, 12, 34]);
    expect(existsSync(here(`a.sock.${process.pid}`))).toBe(false);
  });

  test('is left alone by systemd-tmpfiles however long the server runs, a forgotten one is not', async () => {
    const [refreshed, forgotten] = [open(unix(here('a.sock'))), open(unix(here('b.sock')))];
    const longAgo = new Date('2001-01-01');
    for (const path of [here('a.sock'), here('b.sock')]) lutimesSync(path, longAgo, longAgo);
    refreshed.refresh();
    // By time of access and modification: that of the last change nobody can set back.
    writeFileSync(here('clean.conf'), `e ${server.directory} - - - am:1d\n`);
    expect((await run(['systemd-tmpfiles', '--clean', here('clean.conf')])).status).toBe(0);
    expect([existsSync(here('a.sock')), existsSync(here('b.sock'))]).toEqual([true, false]);
    // Gone, or another one's by now: nothing to refresh, and nothing that fails.
    forgotten.refresh();
  });

  test('that a dead server left behind is replaced', () => {
    open(unix(here('a.sock')));
    expect(open(unix(here('a.sock'))).stale).toEqual([here('a.sock')]);
  });

  test('of a living server is left alone', async () => {
    expect(complaint(unix(server.path))).toBe(ALREADY);
    const client = await RawClient.connect(server.path);
    client.send('GET /ok.html HTTP/1.1\r\n\r\n');
    await client.until('\r\n\r\nOK');
  });

  test('does not replace a file that is none', () => {
    writeFileSync(here('precious'), 'data');
    expect(complaint(unix(here('precious')))).toBe(
      `Cannot open an HTTP server: ${here('precious')} is not a socket`,
    );
    expect(readFileSync(here('precious'), 'utf8')).toBe('data');
    expect(existsSync(here(`precious.${process.pid}`))).toBe(false);
  });

  test('is removed at the end, unless it is somebody else by then', () => {
    const [first, second] = [open(unix(here('a.sock'))), open(unix(here('a.sock')))];
    first.dispose();
    expect(existsSync(here('a.sock'))).toBe(true);
    second.dispose();
    expect(existsSync(here('a.sock'))).toBe(false);
  });

  test.each<readonly [string, () => void]>([
    ['a link of another user', () => symlinkSync(here('aside'), here('theirs'))],
    ['a file', () => writeFileSync(here('theirs'), '')],
  ])('stays at the end where its directory is %s by then, which is no failure', (_, replace) => {
    const nobody = 65534;
    chownSync(server.directory, nobody, nobody);
    mkdirSync(here('theirs'));
    const { dispose } = open(unix(here('theirs/a.sock')));
    renameSync(here('theirs'), here('aside'));
    replace();
    dispose();
    expect(existsSync(here('aside/a.sock'))).toBe(true);
  });

  test.each([
    ['/nonexistent/x.sock', 'Cannot open an HTTP server: socket.error reported errno.ENOENT (2)'],
    [`/tmp/${'x'.repeat(120)}`, 'Cannot open an HTTP server: socket.error reported AF_UNIX path too long'],
  ])('at %s cannot be opened', (path, message) => {
    expect(complaint(unix(path))).toBe(message);
  });
});

describe('a unix socket that only some users may use', () => {
  const script = `
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
client.sendall(b'GET /ok.html HTTP/1.0\\r\\n\\r\\n')
print(client.makefile().read()[-2:])
`;
  const asUser = (uid: number, path: string) =>
    run(['/usr/bin/setpriv', `--reuid=${uid}`, '--clear-groups', '/usr/bin/python3', '-c', script, path]);

  test('serves them and root, and turns the others away with a line in the log', async () => {
    chmodSync(server.directory, 0o755);
    server.serve({ ...unix(here('a.sock')), mode: 0o777, allowedUids: [1234] });
    expect(await asUser(1234, here('a.sock'))).toMatchObject({ status: 0, stdout: 'OK\n' });
    expect(await asUser(0, here('a.sock'))).toMatchObject({ status: 0, stdout: 'OK\n' });
    expect((await asUser(4321, here('a.sock'))).stdout).not.toContain('OK');
    expect(server.log.join('\n')).toMatch(/WARN .*a\.sock: turned away process \d+ of user 4321,/);
  });

  test('tells of a stranger who comes again and again in one line, and a count', async () => {
    chmodSync(server.directory, 0o755);
    server.serve({ ...unix(here('a.sock')), mode: 0o777, allowedUids: [1234] });
    for (let count = 0; count < 4; count += 1) await asUser(4321, here('a.sock'));
    expect(server.log.filter((line) => line.includes('turned away'))).toHaveLength(1);
    await server.stop();
    expect(server.log.at(-1)).toMatch(/^WARN .*: turned away process .* \(3 times in the last minute\)$/);
  });
});

describe('an inet socket', () => {
  test.each(['::1', '[::1]', '[0:0::1]'])('may be of an IPv6 address, written %s', async (host) => {
    const port = await freePort();
    server.serve(inet(host, port));
    server.serve(inet('127.0.0.1', port));
    expect(await (await fetch(`http://[::1]:${port}/ok.html`)).text()).toBe('OK');
    expect(complaint(inet('[::1]', port))).toBe(ALREADY);
  });

  test('whose port is taken cannot be opened', async () => {
    const port = await server.listenOnPort();
    expect(complaint(inet('127.0.0.1', port))).toBe(ALREADY);
    expect(complaint(inet('', port))).toBe(ALREADY);
  });

  test.each([
    ['203.0.113.1', 'Cannot open an HTTP server: socket.error reported errno.EADDRNOTAVAIL (99)'],
    ['no.such.name.invalid', 'Cannot open an HTTP server: socket.error reported -2'],
  ])('of %s cannot be opened', (host, message) => {
    expect(complaint(inet(host, 9))).toBe(message);
  });
});

describe('a server with credentials', () => {
  const head = 'POST /RPC2 HTTP/1.1\r\nContent-Length: 3\r\n';

  test('refuses before it looks at path or body, says how to authenticate, and closes', async () => {
    const port = await server.listenOnPort({ username: 'admin', password: 'secret' });
    for (const request of [`${head}\r\nabc`, 'GET /ok.html HTTP/1.1\r\n\r\n', 'GET /nope HTTP/1.1\r\n\r\n']) {
      const client = await RawClient.connect(port);
      client.send(request);
      expect(await client.untilClosed()).toMatch(
        /^HTTP\/1\.1 401 Unauthorized\r\nServer: .*\r\nDate: .*\r\nConnection: close\r\nWWW-Authenticate: Basic realm="default"\r\nContent-Length: 137\r\nContent-Type: text\/html\r\n\r\n<head>/,
      );
    }
  });

  test('answers who knows them, with every request', async () => {
    const port = await server.listenOnPort({ username: 'admin', password: 'secret' });
    const client = await RawClient.connect(port);
    const authorization = 'authorization: basic YWRtaW46c2VjcmV0\r\n';
    client.send(`${head}${authorization}\r\nabc${head}${authorization}\r\nabc${head}\r\nabc`);
    expect((await client.untilClosed()).match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 200',
      'HTTP/1.1 401',
    ]);
  });

  test('answers 400 to a name that is no text', async () => {
    const port = await server.listenOnPort({ username: 'admin', password: 'secret' });
    const client = await RawClient.connect(port);
    client.send(`${head}Authorization: Basic /zo=\r\n\r\nabc`);
    await client.until('400 Bad Request');
  });

  test('answers who guesses later and later, tells of it, and still lets in who knows the password', async () => {
    const port = await server.listenOnPort({ username: 'admin', password: 'secret' });
    const ask = async (password: string, body = 'abc') => {
      const authorization = `Authorization: Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
      const client = await RawClient.connect(port);
      client.send(`POST /RPC2 HTTP/1.1\r\nContent-Length: ${body.length}\r\n${authorization}\r\n\r\n${body}`);
      const answer = await client.until('\r\n\r\n');
      client.close();
      return answer.slice(9, 12);
    };
    for (let count = 0; count < 5; count += 1) expect(await ask('wrong')).toBe('401');
    expect(await ask('wrong', 'x'.repeat(300_000))).toBe('401');
    expect(await ask('secret')).toBe('200');
    const warnings = server.log.filter((line) => line.startsWith('WARN'));
    expect(warnings).toEqual(Array(6).fill('WARN a wrong user name or password from 127.0.0.1'));
  });

  test('takes no client from the network for a local one that resets its connection before it is accepted', async () => {
    const port = await server.listenOnPort({ username: 'admin', password: 'secret' });
    const script = `
import socket, struct
for _ in range(20):
    client = socket.create_connection(('127.0.0.1', ${port}))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    client.send(b'GET /ok.html HTTP/1.1\\r\\nAuthorization: Basic YTpi\\r\\n\\r\\n')
    client.close()`;
    // While it runs this process accepts nobody.
    expect(spawnSync('/usr/bin/python3', ['-I', '-c', script]).status).toBe(0);
    const client = await RawClient.connect(port);
    client.send('GET /ok.html HTTP/1.1\r\n\r\n');
    await client.until('401 Unauthorized');
    expect(server.log.filter((line) => line.includes('of user'))).toEqual([]);
  });

  test('holds up no others while many who guess wait', async () => {
    await server.stop();
    server = new TestServer({ connections: 20 });
    const port = await server.listenOnPort({ username: 'admin', password: 'secret' });
    const wrong = `GET /ok.html HTTP/1.1\r\nAuthorization: Basic ${btoa('admin:wrong')}\r\n\r\n`;
    const clients = [];
    for (let count = 0; count < 60; count += 1) {
      const client = await RawClient.connect(port);
      client.send(wrong);
      clients.push(client);
    }
    const own = await RawClient.connect(server.path);
    own.send('GET /ok.html HTTP/1.1\r\n\r\n');
    await own.until('\r\n\r\nOK');
    for (const client of clients) await client.untilClosed();
  });

  test('is not asked for by one without', async () => {
    const client = await RawClient.connect(server.path);
    client.send('GET /ok.html HTTP/1.1\r\nAuthorization: Basic Og==\r\n\r\n');
    await client.until('\r\n\r\nOK');
  });
});

describe('the end of a server', () => {
  test('still delivers the answer that became known in the same moment', async () => {
    const client = await RawClient.connect(server.path);
    const idle = await RawClient.connect(server.path);
    client.send('GET /later HTTP/1.1\r\n\r\n');
    await eventually(() => server.later.length > 0, { what: 'the request' });
    server.later[0]?.resolve('the last word');
    const stopped = server.stop();
    expect(await client.untilClosed()).toEndWith('\r\n\r\nthe last word');
    await idle.untilClosed();
    await stopped;
    expect(existsSync(server.path)).toBe(false);
  });
});
