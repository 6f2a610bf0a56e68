// What clients can take of the daemon: memory and descriptors stay within bounds, and programs are still started.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { clientOf } from '../../support/client.ts';
import { Daemon, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const logBytes = 12_000_000;

describe('reading large logs', () => {
  let daemon: Daemon;

  beforeAll(async () => {
    const command = `command=/bin/sh -c 'yes | head -c ${logBytes}; exec cat'`;
    const config = `[program:big]\n${command}\nstartsecs=0\nstdout_logfile=%(here)s/big.log`;
    daemon = await Daemon.start({ config });
    await eventually(() => daemon.read('big.log').length === logBytes, { what: 'the log' });
  });
  afterAll(() => daemon.stop());

  const call = async (method: string, params: object): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${daemon.port}/api/v1/${method}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(params),
    });
    return Object(await response.json()).result;
  };
  const whole = { name: 'big', offset: 0, length: logBytes };
  const maxMegabytes = (): number =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))?.[1]) / 1024;

  test('by many calls in one ends in faults when the answer is too long', async () => {
    const params = [whole.name, whole.offset, whole.length];
    const calls = Array(20).fill({ methodName: 'supervisor.readProcessStdoutLog', params });
    const results = await call('system.multicall', { calls });
    expect(Array.isArray(results) ? results.map((result) => result.length ?? result) : results).toEqual([
      ...Array(3).fill(logBytes),
      ...Array(17).fill({
        faultCode: 30,
        faultString: expect.stringContaining('FAILED: the results before'),
      }),
    ]);
  });

  test('by many clients at once is answered to each, and memory stays bounded', async () => {
    const answers = Array.from(
      { length: 15 },
      async () => String(await call('supervisor.readProcessStdoutLog', whole)).length,
    );
    expect(await Promise.all(answers)).toEqual(Array(15).fill(logBytes));
    expect(maxMegabytes()).toBeLessThan(500);
  }, 30_000);
});

test('connections leave half of the descriptors to programs, and their limits to each other', async () => {
  const config = '[program:short]\ncommand=/bin/true\nstartsecs=0\nautorestart=false\nautostart=false';
  const executable = ['prlimit', '--nofile=256', ...ours];
  const daemon = await Daemon.start({ config, executable, supervisord: 'minfds=200' });
  const sockets = Array.from({ length: 400 }, () => connect(daemon.port, '127.0.0.1').on('error', () => {}));
  await Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))),
  );
  await eventually(() => sockets.filter(({ closed }) => closed).length >= 400 - 128, { what: 'room' });
  expect((await daemon.supervisorctl('start', 'short')).stdout).toBe('short: started\n');
  for (const socket of sockets) socket.destroy();
  expect(await daemon.stop()).toBe(0);
});

describe('a daemon with 128 descriptors', () => {
  const executable = ['prlimit', '--nofile=128', ...ours];
  const supervisord = 'minfds=100';
  const openDescriptors = (daemon: Daemon) => readdirSync(`/proc/${daemon.pid}/fd`).length;

  test('turns clients from the network away before its own way in is shut, and never runs out', async () => {
    const daemon = await Daemon.start({ config: '', executable, supervisord });
    const sockets = Array.from({ length: 300 }, () =>
      connect(daemon.port, '127.0.0.1').on('error', () => {}),
    );
    await eventually(() => sockets.filter(({ closed }) => closed).length >= 300 - 64, { what: 'refusals' });
    expect((await daemon.supervisorctl('pid')).stdout).toBe(`${daemon.pid}\n`);
    expect(openDescriptors(daemon)).toBeLessThan(100);
    for (const socket of sockets) socket.destroy();
    expect(await daemon.stop()).toBe(0);
  });

  test('keeps enough for its own way in: programs cannot take them, and it tells, reads logs and stops programs', async () => {
    const programs =
      '[program:many]\ncommand=/bin/cat\nprocess_name=%(process_num)s\nautostart=false\nstartsecs=0';
    const config = `${programs}\nnumprocs=40\nstdout_logfile=NONE\nstderr_logfile=NONE`;
    const daemon = await Daemon.start({ config, executable, supervisord });
    const client = clientOf(daemon);
    const refusal = (number: number) =>
      client.startProcess(`many:${number}`).then(
        () => null,
        (error: unknown) => String(error),
      );
    let number = 0;
    let why = await refusal(number);
    while (why === null) why = await refusal(++number);
    expect(why).toContain('SPAWN_ERROR');
    const reason = `spawnerr: too many open files to spawn '${number}'`;
    await eventually(() => daemon.log().includes(reason), { what: reason });
    client.close();
    await eventually(() => daemon.log().includes('WARN 127.0.0.1: no clients are accepted while only '), {
      what: 'a look at what is left',
    });
    expect((await daemon.supervisorctl('maintail')).stdout).toContain('INFO');
    expect((await daemon.supervisorctl('stop', 'many:0')).stdout).toBe('many:0: stopped\n');
    expect(daemon.log()).not.toContain('supervisor.sock: no clients are accepted');
    expect(await daemon.stop()).toBe(0);
  });

  test('lets clients wait while programs have nearly all of them, and answers when some are free', async () => {
    const programs =
      '[program:many]\ncommand=/bin/cat\nprocess_name=%(process_num)s\nautostart=false\nstartsecs=0';
    const config = `${programs}\nnumprocs=30\nstdout_logfile=NONE\nstderr_logfile=NONE`;
    const daemon = await Daemon.start({ config, executable, supervisord });
    const client = clientOf(daemon);
    for (let number = 0; 128 - openDescriptors(daemon) >= 24; number += 1) {
      await client.startProcess(`many:${number}`);
    }
    await eventually(() => daemon.log().includes('WARN 127.0.0.1: no clients are accepted while only '), {
      what: 'the pause',
    });
    const waiting = fetch(`http://127.0.0.1:${daemon.port}/ok.html`, { keepalive: false });
    expect((await daemon.supervisorctl('pid')).stdout).toBe(`${daemon.pid}\n`);
    await client.actOnGroup('stop', 'many');
    client.close();
    expect(await (await waiting).text()).toBe('OK');
    await eventually(() => daemon.log().includes('INFO 127.0.0.1: clients are accepted again'), {
      what: 'the line that says so',
    });
    expect(await daemon.stop()).toBe(0);
  });
});
