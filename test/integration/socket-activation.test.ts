// The daemon with sockets that a service manager has opened for it.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, ours, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-sockets-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const passing = (...sockets: string[]) => [
  '/usr/bin/python3',
  join(import.meta.dir, '../support/pass-sockets.py'),
  ...sockets,
  '--',
  ...ours,
];

const env =
  '[program:env]\ncommand=/usr/bin/env\nstartsecs=0\nautorestart=false\nstdout_logfile=%(here)s/env.log\n';
const sleep = '[program:sleep]\ncommand=/bin/sleep 1000\nstartsecs=0\n';

function ctl(url: string, ...args: string[]) {
  return run(['/usr/bin/supervisorctl', '-s', url, ...args]);
}

/** How many of a process's descriptors are sockets. */
function socketsOf(pid: string): number {
  return [...Array(64).keys()].filter((fd) => linkOf(pid, fd).startsWith('socket:')).length;
}

function linkOf(pid: string, fd: number): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return '';
  }
}

describe('sockets of a service manager', () => {
  test('are served by the section of their name, at their own address, also after a restart in place', async () => {
    const [path, port] = [join(directory, 'passed.sock'), await freePort()];
    const daemon = await Daemon.start({
      config: env + sleep,
      executable: passing(`unix_http_server=${path}`, `inet_http_server=${port}`),
    });
    const { ino, mode } = statSync(path);
    for (const url of [`unix://${path}`, `http://127.0.0.1:${port}`]) {
      expect((await ctl(url, 'pid')).stdout).toBe(`${daemon.pid}\n`);
    }
    // The address of the configuration is not opened.
    expect((await ctl(`http://127.0.0.1:${daemon.port}`, 'pid')).status).not.toBe(0);
    expect(await ctl(`unix://${path}`, 'reload')).toMatchObject({ status: 0 });
    await eventually(() => daemon.log().split('supervisord started with pid').length === 3, {
      what: 'the second life',
    });
    expect((await ctl(`http://127.0.0.1:${port}`, 'pid')).stdout).toBe(`${daemon.pid}\n`);
    const child = (await ctl(`unix://${path}`, 'pid', 'sleep')).stdout.trim();
    expect(socketsOf(child)).toBe(0);
    await eventually(() => daemon.read('env.log').includes('SUPERVISOR_SERVER_URL'), { what: 'the program' });
    expect(daemon.read('env.log')).not.toContain('LISTEN_');
    expect(daemon.read('env.log')).toContain(`SUPERVISOR_SERVER_URL=unix://${path}\n`);
    expect(await daemon.stop()).toBe(0);
    // Neither changed nor removed: systemd owns it.
    expect(statSync(path)).toMatchObject({ ino, mode });
  });

  test('are served by the section of their address when their name says nothing', async () => {
    const path = join(directory, 'any.sock');
    const config = `[unix_http_server:other]\nfile=${path}\nchmod=0777\n${sleep}`;
    const daemon = await Daemon.start({ config, executable: passing(`tsupervisor.socket=${path}`) });
    const { mode } = statSync(path);
    for (const url of [`unix://${path}`, `unix://${daemon.path('supervisor.sock')}`]) {
      expect((await ctl(url, 'pid')).stdout).toBe(`${daemon.pid}\n`);
    }
    expect(mode & 0o777).not.toBe(0o777);
    expect(await daemon.stop()).toBe(0);
  });

  test.each([
    [
      'a socket that no server is for',
      (path: string) => `any=${path}`,
      (path: string) =>
        `The socket 'any' of systemd (${path}) is for none of the servers: ` +
        `expected file=${path} in [unix_http_server], or FileDescriptorName=unix_http_server`,
    ],
    [
      'what is no socket',
      () => 'unix_http_server=stdin',
      () =>
        "Descriptor 3 ('unix_http_server') of LISTEN_FDS is no listening stream socket: " +
        'a .socket unit for us has ListenStream= and no Accept=yes',
    ],
  ])('refuse the start with one clear line: %s', async (_what, socket, message) => {
    const path = join(directory, 'x.sock');
    const config = join(directory, 'x.conf');
    await Bun.write(
      config,
      `[unix_http_server]\nfile=${directory}/y.sock\n[supervisord]\nlogfile=${directory}/log\n` +
        `pidfile=${directory}/pid\n[rpcinterface:supervisor]\n` +
        'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n',
    );
    const { status, stderr } = await run([...passing(socket(path)), '-n', '-c', config]);
    expect(status).toBe(2);
    expect(stderr).toContain(`Error: ${message(path)}\n`);
  });

  test('meant for another process are left alone', async () => {
    const daemon = await Daemon.start({
      config: sleep,
      environment: { LISTEN_PID: '1', LISTEN_FDS: '3', LISTEN_FDNAMES: 'a:b:c' },
    });
    expect(await daemon.states()).toEqual({ sleep: 'RUNNING' });
    await daemon.stop();
  });
});
