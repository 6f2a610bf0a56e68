import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastCgiGroupConfig } from '../../../src/config/config.ts';
import { FastCgiSocket } from '../../../src/supervisor/pools/fastcgi-socket.ts';

let directory: string;
let path: string;
let log: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fastcgi-'));
  path = join(directory, 'socket');
  log = [];
});

afterEach(() => rmSync(directory, { recursive: true }));

type SocketConfig = FastCgiGroupConfig['socket'];

const unchanged = { uid: -1, gid: -1 };

function socketOn(socket: SocketConfig, backlog: number | null = null): FastCgiSocket {
  const socketUrl = socket.kind === 'unix' ? `unix://${socket.path}` : `tcp://${socket.host}:${socket.port}`;
  const config: FastCgiGroupConfig = {
    ...{ kind: 'fastcgi', name: 'site', priority: 999, processes: [] },
    ...{ socket, socketUrl, backlog },
  };
  return new FastCgiSocket(config, { info: (line) => log.push(line) });
}

const unixSocket = (mode = 0o700, owner = unchanged) => socketOn({ kind: 'unix', path, mode, owner });

/** Whether a process listens there. */
function accepts(where: { path: string } | { port: number; host: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(where);
    client.on('connect', () => resolve(true)).on('error', () => resolve(false));
    client.on('close', () => client.destroy());
    client.unref();
  });
}

describe('a FastCGI socket', () => {
  test('exists from the first holder to the last', async () => {
    const socket = unixSocket();
    const fd = socket.acquire('a');
    expect(socket.acquire('b')).toBe(fd);
    socket.release('a');
    expect(await accepts({ path })).toBe(true);
    socket.release('b');
    expect(await accepts({ path })).toBe(false);
    expect(log).toEqual([`Creating socket unix://${path}`, `Closing socket unix://${path}`]);
  });

  test('leaves its path, and replaces what a predecessor left', async () => {
    for (let run = 0; run < 2; run++) {
      const socket = unixSocket();
      socket.acquire('a');
      expect(await accepts({ path })).toBe(true);
      socket.release('a');
      expect(existsSync(path)).toBe(true);
    }
  });

  test('may be released by who never held it, twice', async () => {
    const socket = unixSocket();
    socket.release('b');
    socket.acquire('a');
    socket.release('b');
    expect(await accepts({ path })).toBe(true);
    socket.release('a');
    socket.release('a');
    expect(log).toHaveLength(2);
  });

  test.each([[0o700], [0o660], [0o777]])(
    'has the mode that was asked for, whatever the umask: %o',
    (mode) => {
      const before = process.umask(0o027);
      const socket = unixSocket(mode);
      socket.acquire('a');
      process.umask(before);
      expect(statSync(path).mode & 0o7777).toBe(mode);
      socket.release('a');
    },
  );

  test('belongs to whom it should', () => {
    const us = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };
    // Only root may give a file away.
    const owner = us.uid === 0 ? { uid: 65534, gid: 65534 } : us;
    const socket = unixSocket(0o700, owner);
    socket.acquire('a');
    expect(statSync(path)).toMatchObject(owner);
    socket.release('a');
  });

  test('does not replace a file that is no socket', () => {
    writeFileSync(path, 'precious');
    expect(() => unixSocket().acquire('a')).toThrow('EADDRINUSE');
    expect(statSync(path).size).toBe(8);
  });

  test('replaces a symbolic link instead of following it', () => {
    const target = join(directory, 'target');
    writeFileSync(target, 'precious');
    symlinkSync(target, path);
    const socket = unixSocket();
    socket.acquire('a');
    expect(statSync(path).isSocket()).toBe(true);
    expect(statSync(target).size).toBe(8);
    socket.release('a');
  });

  test('says why it cannot be', () => {
    expect(() =>
      socketOn({ kind: 'unix', path: `/${'x'.repeat(107)}`, mode: 0o700, owner: unchanged }).acquire('a'),
    ).toThrow('ENAMETOOLONG');
    expect(() =>
      socketOn({
        kind: 'unix',
        path: join(directory, 'no', 'socket'),
        mode: 0o700,
        owner: unchanged,
      }).acquire('a'),
    ).toThrow('ENOENT');
    expect(() => socketOn({ kind: 'tcp', host: 'no-such-host.invalid', port: 9000 }).acquire('a')).toThrow(
      'EADDRNOTAVAIL',
    );
    expect(() => socketOn({ kind: 'tcp', host: '192.0.2.1', port: 9000 }).acquire('a')).toThrow(
      'EADDRNOTAVAIL',
    );
  });

  test.each([['127.0.0.1'], ['localhost']])('listens on %s', async (host) => {
    const port = await freePort();
    const socket = socketOn({ kind: 'tcp', host, port }, 16);
    socket.acquire('a');
    expect(await accepts({ host: '127.0.0.1', port })).toBe(true);
    expect(() => socketOn({ kind: 'tcp', host, port }).acquire('other')).toThrow('EADDRINUSE');
    socket.release('a');
    expect(await accepts({ host: '127.0.0.1', port })).toBe(false);
  });
});

async function freePort(): Promise<number> {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
