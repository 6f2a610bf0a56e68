// The end of the daemon under pressure: signals again and again, programs that die meanwhile or do not want to.
import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { Daemon, type DaemonSetup, original, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { childrenOf, isAlive } from './kernel-view.ts';

const slow = `[program:slow]
command=/bin/sh -c 'trap "exit 0" USR1; trap "" TERM; while :; do sleep 0.05; done'
startsecs=0
stopwaitsecs=2`;

async function startAll(setup: DaemonSetup): Promise<Daemon> {
  const daemon = await Daemon.start(setup);
  await eventually(async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'), {
    what: 'all to run',
  });
  return daemon;
}

/** The log from the first "received", without times and pids. */
function endOf(daemon: Daemon): string[] {
  const lines = daemon
    .log()
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(24).replaceAll(/\(\d+\)/g, '(PID)'));
  return lines.slice(lines.findIndex((line) => line.includes('received SIG')));
}

async function endedByItself(daemon: Daemon): Promise<number> {
  const status = await daemon.subprocess.exited;
  expect(existsSync(daemon.path('supervisor.sock'))).toBe(false);
  expect(existsSync(daemon.path('supervisord.pid'))).toBe(false);
  return status;
}

describe('a second SIGTERM during shutdown', () => {
  test('is logged and changes nothing, as in the original', async () => {
    const logs = await Promise.all(
      [ours, original].map(async (executable) => {
        const daemon = await startAll({ executable, config: slow });
        daemon.subprocess.kill('SIGTERM');
        await eventually(() => daemon.log().includes('waiting for slow to die'), { what: 'the first' });
        daemon.subprocess.kill('SIGTERM');
        await eventually(() => daemon.log().split('received SIGTERM').length === 3, { what: 'the second' });
        expect(await endedByItself(daemon)).toBe(0);
        const log = endOf(daemon);
        rmSync(daemon.directory, { recursive: true });
        return log;
      }),
    );
    expect(logs[0]).toEqual([
      'WARN received SIGTERM indicating exit request',
      'INFO waiting for slow to die',
      'WARN received SIGTERM indicating exit request',
      "WARN killing 'slow' (PID) with SIGKILL",
      'WARN stopped: slow (terminated by SIGKILL)',
    ]);
    expect(logs[0]).toEqual(logs[1] ?? []);
  });

  test('SIGHUP meanwhile is refused, and the daemon ends', async () => {
    const daemon = await startAll({ config: slow });
    daemon.subprocess.kill('SIGTERM');
    await eventually(() => daemon.log().includes('waiting for slow to die'), { what: 'the shutdown' });
    daemon.subprocess.kill('SIGHUP');
    await eventually(() => daemon.log().includes('ignored SIGHUP indicating restart request'), {
      what: 'the refusal',
    });
    expect(await endedByItself(daemon)).toBe(0);
    rmSync(daemon.directory, { recursive: true });
  });

  test('SIGTERM during a restart makes a shutdown of it', async () => {
    const daemon = await startAll({ config: slow });
    daemon.subprocess.kill('SIGHUP');
    await eventually(() => daemon.log().includes('waiting for slow to die'), { what: 'the restart' });
    daemon.subprocess.kill('SIGTERM');
    expect(await endedByItself(daemon)).toBe(0);
    expect(daemon.log().split('supervisord started with pid')).toHaveLength(2);
    rmSync(daemon.directory, { recursive: true });
  });
});

describe('a storm of signals', () => {
  test('500 SIGTERMs end the daemon once, with nothing left behind', async () => {
    const daemon = await startAll({
      config: `[program:cat]
command=/bin/cat
process_name=cat_%(process_num)02d
numprocs=30
startsecs=0`,
    });
    const children = childrenOf(daemon.pid).map(({ pid }) => pid);
    expect(children).toHaveLength(30);
    for (let sent = 0; sent < 500; sent += 1) daemon.subprocess.kill('SIGTERM');
    expect(await endedByItself(daemon)).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
    expect(daemon.log().split('stopped: cat_')).toHaveLength(31);
    rmSync(daemon.directory, { recursive: true });
  });

  test('SIGUSR2, SIGCHLD and SIGPIPE from outside have no effect on programs', async () => {
    const daemon = await startAll({ config: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    const before = (await daemon.supervisorctl('pid', 'cat')).stdout;
    for (let sent = 0; sent < 200; sent += 1)
      for (const signal of ['SIGUSR2', 'SIGCHLD', 'SIGPIPE', 'SIGXFSZ'] as const)
        daemon.subprocess.kill(signal);
    await eventually(() => daemon.log().includes('supervisord logreopen'), { what: 'a reopened log' });
    expect((await daemon.supervisorctl('pid', 'cat')).stdout).toBe(before);
    expect(await daemon.stop()).toBe(0);
  });

  test('20 SIGHUPs at once leave one daemon with everything running', async () => {
    const daemon = await startAll({ config: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    for (let sent = 0; sent < 20; sent += 1) daemon.subprocess.kill('SIGHUP');
    await eventually(() => daemon.log().split('supervisord started with pid').length > 2, {
      what: 'a restart',
    });
    await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run again' });
    await eventually(() => childrenOf(daemon.pid).length === 1, { what: 'one child' });
    expect(await daemon.stop()).toBe(0);
  });

  test('signals between shutdown and start of a restart in place end nothing', async () => {
    const daemon = await startAll({ config: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    const lives = () => daemon.log().split('supervisord started with pid').length - 1;
    let sent = 0;
    await eventually(
      () => {
        for (const signal of ['SIGHUP', 'SIGUSR2'] as const) {
          for (let more = 0; more < 20; more += 1) daemon.subprocess.kill(signal);
        }
        sent += 40;
        return lives() > 30;
      },
      {
        what: 'thirty restarts',
        giveUp: async () => (isAlive(daemon.pid) ? null : `dead after ${sent} signals`),
      },
    );
    await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run again' });
    expect(await daemon.stop()).toBe(0);
  });

  test('SIGTERM after the programs have ended, while a restart closes its servers, makes a shutdown of it', async () => {
    const big = "[program:big]\ncommand=/bin/sh -c 'head -c 9000000 /dev/zero; exec cat'\nstartsecs=0\n";
    const daemon = await startAll({ config: `${big}stdout_logfile=%(here)s/big.log` });
    await eventually(() => daemon.read('big.log').length === 9_000_000, { what: 'the log' });
    const answered = Promise.withResolvers<void>();
    const reader = await Bun.connect({
      hostname: '127.0.0.1',
      port: daemon.port,
      socket: {
        data(socket) {
          socket.pause();
          answered.resolve();
        },
      },
    });
    const body = '{"name":"big","offset":0,"length":9000000}';
    const head = 'Host: x\r\nContent-Type: application/json';
    const url = '/api/v1/supervisor.readProcessStdoutLog';
    reader.write(`POST ${url} HTTP/1.1\r\n${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await answered.promise;
    daemon.subprocess.kill('SIGHUP');
    await eventually(() => daemon.log().includes('stopped: big'), { what: 'the restart' });
    daemon.subprocess.kill('SIGTERM');
    expect(await daemon.subprocess.exited).toBe(0);
    expect(daemon.log().split('supervisord started with pid').length).toBe(2);
    reader.terminate();
    rmSync(daemon.directory, { recursive: true });
  });
});

describe('while a program is being stopped', () => {
  test('it may end by itself, and is STOPPED without SIGKILL', async () => {
    const daemon = await startAll({ config: slow.replace('stopwaitsecs=2', 'stopwaitsecs=60') });
    const pid = Number((await daemon.supervisorctl('pid', 'slow')).stdout);
    const stopping = daemon.supervisorctl('stop', 'slow');
    await eventually(async () => (await daemon.states()).slow === 'STOPPING', { what: 'it to be STOPPING' });
    process.kill(pid, 'SIGUSR1');
    expect((await stopping).stdout).toBe('slow: stopped\n');
    expect(daemon.log()).toContain('INFO stopped: slow (exit status 0)');
    expect(daemon.log()).not.toContain('SIGKILL');
    expect(await daemon.stop()).toBe(0);
  });

  test('what a stop waits for is logged every two seconds', async () => {
    const daemon = await startAll({ config: slow.replace('stopwaitsecs=2', 'stopwaitsecs=3') });
    expect((await daemon.supervisorctl('stop', 'slow')).stdout).toBe('slow: stopped\n');
    const waits = daemon.log().split('INFO waiting for slow to stop').length - 1;
    expect(waits).toBe(2);
    expect(await daemon.stop()).toBe(0);
  });

  test('a stopped process (SIGSTOP) dies by SIGKILL all the same', async () => {
    const daemon = await startAll({
      config: '[program:frozen]\ncommand=/bin/sleep 100000\nstartsecs=0\nstopwaitsecs=1',
    });
    await daemon.supervisorctl('signal', 'STOP', 'frozen');
    const pid = Number((await daemon.supervisorctl('pid', 'frozen')).stdout);
    daemon.subprocess.kill('SIGTERM');
    expect(await endedByItself(daemon)).toBe(0);
    expect(isAlive(pid)).toBe(false);
    rmSync(daemon.directory, { recursive: true });
  });
});

describe('when the daemon is killed with -9', () => {
  test('the next one on the same files starts, although socket and pidfile were left', async () => {
    const daemon = await startAll({ config: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    const orphan = Number((await daemon.supervisorctl('pid', 'cat')).stdout);
    daemon.subprocess.kill('SIGKILL');
    await daemon.subprocess.exited;
    expect(existsSync(daemon.path('supervisor.sock'))).toBe(true);
    // Its stdin ended with the daemon.
    await eventually(() => !isAlive(orphan), { what: 'cat to end' });
    const next = Bun.spawn([...ours, '-n', '-c', daemon.configPath], { stdout: 'ignore', stderr: 'pipe' });
    await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'the next one' });
    expect(readFileSync(daemon.path('supervisord.pid'), 'utf8')).toBe(`${next.pid}\n`);
    next.kill('SIGTERM');
    expect(await next.exited).toBe(0);
    expect(await new Response(next.stderr).text()).toContain(
      `Unlinking stale socket ${daemon.path('supervisor.sock')}`,
    );
    rmSync(daemon.directory, { recursive: true });
  });
});
