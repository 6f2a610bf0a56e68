// One attempt of each form of `ready` that has to ask: real sockets, servers and commands, good and hostile ones.
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readiness } from '../../../../src/config/values/readiness.ts';
import { libc } from '../../../../src/linux/libc.ts';
import { listenTcp, listenUnix } from '../../../../src/linux/listening-socket.ts';
import { Process } from '../../../../src/supervisor/process.ts';
import { probeOf } from '../../../../src/supervisor/readiness/readiness-probe.ts';
import { processOf } from '../../../integration/torture/kernel-view.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePort } from '../../../support/free-port.ts';
import { processConfig, Stage } from '../process-stage.ts';

// Much work on a busy machine.
setDefaultTimeout(60_000);

const stage = new Stage();
const directory = mkdtempSync(join(tmpdir(), 'tsv-probes-'));
afterAll(async () => {
  await stage.end();
  rmSync(directory, { recursive: true });
});

/** `options`: lines of its section. */
function aProcess(options = ''): Process {
  const config = processConfig(options);
  return new Process(config, config.name, stage.daemon());
}

const never = new AbortController().signal;

async function attempt(ready: Readiness, process = aProcess(), aborted = never): Promise<string | null> {
  const probe = probeOf(ready);
  if (probe === null) throw new Error(`nothing to ask for ${ready.kind}`);
  return probe(process, aborted);
}

/** Aborts the attempt as soon as `condition` holds; returns its result. */
async function abortedWhen(condition: () => boolean, readiness: Readiness): Promise<string | null> {
  const controller = new AbortController();
  const result = attempt(readiness, aProcess(), controller.signal);
  await eventually(condition, { what: 'the attempt to be under way' });
  controller.abort();
  return result;
}

/** `act` gets the port, which is 0 for a unix socket. */
async function serving<T>(server: Server, act: (port: number) => Promise<T>, path?: string): Promise<T> {
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  if (path === undefined) server.listen(0, '127.0.0.1', resolve);
  else server.listen(path, resolve);
  await listening;
  const address = server.address();
  try {
    return await act(typeof address === 'object' ? (address?.port ?? 0) : 0);
  } finally {
    server.close();
  }
}

/** A server whose queue of connections is full, so that a further one is neither accepted nor refused. */
async function withFullServer<T>(act: (port: number) => Promise<T>): Promise<T> {
  const port = await freePort();
  const fd = listenTcp({ host: '127.0.0.1', port }, 0);
  const clients = Array.from({ length: 4 }, () => createConnection({ host: '127.0.0.1', port }));
  for (const client of clients) client.on('error', () => {});
  try {
    await eventually(() => clients.some(({ connecting }) => !connecting), { what: 'a connection' });
    return await act(port);
  } finally {
    for (const client of clients) client.destroy();
    libc.close(fd);
  }
}

function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

function runs(pid: number): boolean {
  const found = processOf(pid);
  return found !== null && found.state !== 'Z';
}

/** Of a command that writes its pid into this file of the directory. */
function pidIn(name: string): number {
  const path = join(directory, name);
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
}

describe('ready=tcp', () => {
  const at = (port: number, host = '127.0.0.1') => ({ kind: 'tcp', host, port }) as const;

  test('is met by a connection that is accepted, by address and by name', async () => {
    await serving(createServer(), async (port) => {
      expect(await attempt(at(port))).toBeNull();
      expect(await attempt(at(port, 'localhost'))).toBeNull();
    });
  });

  test('is met even if the program resets the connection at once', async () => {
    await serving(
      createServer((socket) => void socket.resetAndDestroy()),
      async (port) => expect(await attempt(at(port))).toBeNull(),
    );
  });

  test('says why there is no connection', async () => {
    expect(await attempt(at(await freePort()))).toBe('connection refused');
    expect(await attempt(at(1, 'x'.repeat(64)))).toBe('unknown host name');
  });

  test('leaves no socket behind when it is aborted before the connection is accepted', async () => {
    await withFullServer(async (port) => {
      const before = openSockets();
      expect(await abortedWhen(() => openSockets() > before, at(port))).toBe('aborted');
      await eventually(() => openSockets() === before, { what: 'the socket to be closed' });
    });
  });
});

describe('ready=unix', () => {
  const at = (name: string) => ({ kind: 'unix', path: join(directory, name) }) as const;

  test('is met by a connection that is accepted, also through a link', async () => {
    const { path } = at('app.sock');
    await serving(
      createServer(),
      async () => {
        expect(await attempt(at('app.sock'))).toBeNull();
        symlinkSync(path, join(directory, 'link.sock'));
        expect(await attempt(at('link.sock'))).toBeNull();
      },
      path,
    );
  });

  test('says why there is no connection', async () => {
    expect(await attempt(at('none.sock'))).toBe('no such file');
    const owner = { uid: -1, gid: -1 };
    const listening = listenUnix({ path: at('full.sock').path, mode: 0o600, owner }, 0);
    expect(await attempt(at('full.sock'))).toBeNull();
    expect(await attempt(at('full.sock'))).toBe('no connection is accepted, the queue is full');
    libc.close(listening);
    expect(await attempt(at('full.sock'))).toBe('connection refused');
  });
});

describe('ready=http', () => {
  const at = (port: number, path = '/health') =>
    ({ kind: 'http', url: `http://127.0.0.1:${port}${path}` }) as const;
  /** Answers each connection with this text. */
  const answering = (text: string) =>
    createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(text));
    });

  test.each([200, 204, 301, 302, 399])(
    'is met by status %d, without following a redirect',
    async (status) => {
      let requests = 0;
      const server = answering(`HTTP/1.1 ${status} It\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n`);
      server.on('connection', () => {
        requests += 1;
      });
      await serving(server, async (port) => expect(await attempt(at(port))).toBeNull());
      expect(requests).toBe(1);
    },
  );

  test.each([400, 404, 500, 503])('is not met by status %d', async (status) => {
    await serving(answering(`HTTP/1.1 ${status} It\r\nContent-Length: 0\r\n\r\n`), async (port) =>
      expect(await attempt(at(port))).toBe(`answered with status ${status}`),
    );
  });

  test('says in one bounded line why there is no answer', async () => {
    expect(await attempt(at(await freePort()))).toBe('connection refused');
    await serving(answering(`SSH-2.0-OpenSSH_9.2\r\n${'x'.repeat(100_000)}`), async (port) => {
      const failure = (await attempt(at(port))) ?? '';
      expect(failure).toMatch(/^Parse Error/);
      expect(failure.length).toBeLessThanOrEqual(201);
    });
    await serving(
      createServer((socket) => void socket.end()),
      async (port) => expect(await attempt(at(port))).toBe('connection closed without an answer'),
    );
  });

  test('asks the server itself, whatever proxy the environment names', async () => {
    const before = process.env['http_proxy'];
    process.env['http_proxy'] = `http://127.0.0.1:${await freePort()}/`;
    try {
      await serving(answering('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), async (port) =>
        expect(await attempt(at(port))).toBeNull(),
      );
    } finally {
      if (before === undefined) delete process.env['http_proxy'];
      else process.env['http_proxy'] = before;
    }
  });

  test('does not read a body of a gigabyte', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<number>();
    const endless = createServer((socket) => {
      const chunk = Buffer.alloc(65_536);
      const send = () => {
        while (socket.writable && socket.write(chunk));
      };
      socket.on('drain', send).on('error', () => {});
      socket.on('close', () => resolve(socket.bytesWritten));
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
      send();
    });
    await serving(endless, async (port) => {
      expect(await attempt(at(port))).toBeNull();
      expect(await closed).toBeLessThan(50_000_000);
    });
  });

  test('refuses headers without end', async () => {
    await serving(
      answering(`HTTP/1.1 200 OK\r\n${`X-Long: ${'x'.repeat(1000)}\r\n`.repeat(1000)}`),
      async (port) => expect(await attempt(at(port))).toMatch(/^Parse Error/),
    );
  });

  test('leaves no socket behind when it is aborted while the server is silent', async () => {
    let asked = false;
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const silent = createServer((socket) => {
      socket.once('data', () => {
        asked = true;
      });
      socket.on('close', () => resolve());
    });
    await serving(silent, async (port) => {
      expect(await abortedWhen(() => asked, at(port))).not.toBeNull();
      await closed;
    });
  });
});

describe('ready=exec', () => {
  const exec = (command: string) => ({ kind: 'exec', command }) as const;
  const shell = (script: string) => exec(`/bin/sh -c "${script}"`);

  test('is met by exit status 0 alone', async () => {
    expect(await attempt(exec('/bin/true'))).toBeNull();
    expect(await attempt(shell('exit 3'))).toBe('exit status 3');
    expect(await attempt(shell('kill -9 $$'))).toBe('terminated by SIGKILL');
  });

  test('is not met by a command that cannot be run', async () => {
    expect(await attempt(exec('/no/such/probe'))).toBe("can't find command '/no/such/probe'");
    expect(await attempt(exec('/etc/passwd'))).toBe("command at '/etc/passwd' is not executable");
    expect(await attempt(exec(`/no/such/${'x'.repeat(1000)}`))).toMatch(/^.{200}…$/);
  });

  test('is run without a shell, in the directory and with the environment of the program', async () => {
    const process = aProcess(`directory=${directory}\nenvironment=GREETING="hello world"`);
    const test = `test \\"$PWD\\" = ${directory} && test \\"$GREETING\\" = \\"hello world\\" && test $SUPERVISOR_PROCESS_NAME = x`;
    expect(await attempt(shell(test), process)).toBeNull();
    expect(await attempt(exec('/bin/test $HOME = "$HOME"'))).toBeNull();
  });

  test('gets an empty stdin, and may print a gigabyte', async () => {
    expect(await attempt(exec('/bin/cat'))).toBeNull();
    const rss = process.memoryUsage.rss();
    expect(await attempt(shell('head -c 1000000000 /dev/zero; head -c 1000000000 /dev/zero >&2'))).toBeNull();
    expect(process.memoryUsage.rss() - rss).toBeLessThan(100_000_000);
  });

  test('is killed when it is aborted, with what it has started, whatever signals it ignores', async () => {
    const both = `trap '' TERM INT HUP; sleep 1000 & echo $! >${directory}/slow-child; echo $$ >${directory}/slow; wait`;
    const pids = () => [pidIn('slow'), pidIn('slow-child')];
    expect(await abortedWhen(() => pids().every((pid) => pid > 0), shell(both))).toBe(
      'terminated by SIGKILL',
    );
    await eventually(() => !pids().some(runs), { what: 'both processes to end' });
  });

  test('leaves nothing behind in its process group', async () => {
    expect(await attempt(shell(`sleep 1000 & echo $! >${directory}/left`))).toBeNull();
    expect(pidIn('left')).toBeGreaterThan(0);
    await eventually(() => !runs(pidIn('left')), { what: 'the grandchild to end' });
  });
});
