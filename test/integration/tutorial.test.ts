// nginx and three redis servers, configured as the tutorials have it, driven by the unmodified Python supervisorctl.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { Daemon, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

let daemon: Daemon;
const redisPorts: number[] = [];
let nginxPort = 0;

const nginxConf = (port: number) => `
# One process: a worker that outlives a killed master would keep the port from the next one.
master_process off;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  server { listen 127.0.0.1:${port}; location / { return 200 "nginx is here"; } }
}
`;

const redisIni = (number: number, port: number) => `[program:redis-0${number}]
command=/usr/bin/redis-server --bind 127.0.0.1 --port ${port} --save "" --dir %(here)s      ; the program
process_name=%(program_name)s    ; its name
autostart=true                   ; start with supervisord
autorestart=true                 ; and again when it dies
stdout_logfile=%(here)s/redis-0${number}.log ; what it says
redirect_stderr=true
`;

beforeAll(async () => {
  nginxPort = await freePort();
  for (let count = 0; count < 4; count += 1) redisPorts.push(await freePort());
  daemon = await Daemon.start({
    config: '[include]\nfiles = supervisord.d/*.ini',
    files: {
      'nginx.conf': nginxConf(nginxPort),
      'supervisord.d/nginx.ini': `[program:nginx]
command=/usr/sbin/nginx -p %(here)s/.. -c nginx.conf -g 'daemon off;'
autorestart=true
stdout_logfile=%(here)s/nginx.log
`,
      'supervisord.d/redis1.ini': redisIni(1, redisPorts[0] ?? 0),
      'supervisord.d/redis2.ini': redisIni(2, redisPorts[1] ?? 0),
      'supervisord.d/redis3.ini': redisIni(3, redisPorts[2] ?? 0),
      'supervisord.d/redis-group.ini': '[group:redis]\nprograms=redis-01,redis-02,redis-03   ; together\n',
    },
  });
  await everythingRuns();
});
afterAll(async () => {
  expect(await daemon.stop()).toBe(0);
});

const names = ['nginx', 'redis:redis-01', 'redis:redis-02', 'redis:redis-03'];

async function everythingRuns(): Promise<void> {
  await eventually(
    async () => {
      const states = await daemon.states();
      return names.every((name) => states[name] === 'RUNNING');
    },
    { what: 'nginx and all redis servers to be RUNNING' },
  );
}

async function pidOf(name: string): Promise<number> {
  return Number((await daemon.supervisorctl('pid', name)).stdout);
}

/** The pid after the process came back under another one. */
async function pidAfter(name: string, before: number): Promise<number> {
  let pid = before;
  await eventually(
    async () => {
      if ((await daemon.states())[name] !== 'RUNNING') return false;
      pid = await pidOf(name);
      return pid !== before && pid !== 0;
    },
    { what: `${name} to come back` },
  );
  return pid;
}

describe('a server from the tutorials', () => {
  test('shows what runs, with pid and uptime', async () => {
    const { stdout, status } = await daemon.supervisorctl('status');
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/\s+/)[0])).toEqual(names);
    for (const line of lines) expect(line).toMatch(/^\S+ +RUNNING {3}pid \d+, uptime \d+:\d\d:\d\d$/);
  });

  test('the programs really answer', async () => {
    expect(await (await fetch(`http://127.0.0.1:${nginxPort}/`)).text()).toBe('nginx is here');
    const { stdout } = await run(['redis-cli', '-p', String(redisPorts[0]), 'ping']);
    expect(stdout).toBe('PONG\n');
  });

  test('a killed program is back a moment later, and the log says so', async () => {
    for (const name of ['redis:redis-02', 'nginx']) {
      const before = await pidOf(name);
      process.kill(before, 'SIGKILL');
      const after = await pidAfter(name, before);
      const short = name.replace('redis:', '');
      expect(daemon.log()).toContain(`exited: ${short} (terminated by SIGKILL; not expected)`);
      expect(daemon.log()).toContain(`spawned: '${short}' with pid ${after}`);
    }
  });

  test('a program that its own client has ended is restarted', async () => {
    const before = await pidOf('redis:redis-03');
    await run(['redis-cli', '-p', String(redisPorts[2]), 'shutdown']);
    await pidAfter('redis:redis-03', before);
    expect(daemon.log()).toContain('exited: redis-03 (exit status 0; expected)');
  });

  test('stopping the group leaves nginx alone', async () => {
    const nginx = await pidOf('nginx');
    const { stdout, status } = await daemon.supervisorctl('stop', 'redis:*');
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n').sort()).toEqual([
      'redis:redis-01: stopped',
      'redis:redis-02: stopped',
      'redis:redis-03: stopped',
    ]);
    expect((await daemon.supervisorctl('status', 'redis:*')).status).toBe(3);
    expect(await pidOf('nginx')).toBe(nginx);
    expect((await daemon.supervisorctl('start', 'redis:*')).status).toBe(0);
    await everythingRuns();
  });

  test('a new file and `update` start the new program alone', async () => {
    const before = await Promise.all(names.map(pidOf));
    writeFileSync(daemon.path('supervisord.d/redis4.ini'), redisIni(4, redisPorts[3] ?? 0));
    expect((await daemon.supervisorctl('reread')).stdout).toBe('redis-04: available\n');
    expect((await daemon.supervisorctl('update')).stdout).toBe('redis-04: added process group\n');
    await eventually(async () => (await daemon.states())['redis-04'] === 'RUNNING', {
      what: 'redis-04 to run',
    });
    expect(await Promise.all(names.map(pidOf))).toEqual(before);
    expect((await daemon.supervisorctl('update')).stdout).toBe('');
  });

  test('stop all, start all, restart all', async () => {
    expect((await daemon.supervisorctl('stop', 'all')).stdout.trimEnd().split('\n')).toHaveLength(5);
    expect(Object.values(await daemon.states())).toEqual(Array(5).fill('STOPPED'));
    expect((await daemon.supervisorctl('start', 'all')).stdout.trimEnd().split('\n')).toHaveLength(5);
    const restarted = (await daemon.supervisorctl('restart', 'all')).stdout.trimEnd().split('\n');
    expect(restarted).toHaveLength(10);
    expect(restarted.filter((line) => line.endsWith(': started'))).toHaveLength(5);
    await everythingRuns();
  });

  test('the output of the programs is in their logs', async () => {
    expect(daemon.read('supervisord.d/redis-01.log')).toContain('Ready to accept connections');
    const { stdout } = await daemon.supervisorctl('tail', 'redis:redis-01');
    expect(stdout).toContain('Ready to accept connections');
  });
});
