// start, stop, restart and status of tsupervisor with programs that depend on each other.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { Conversation } from '../../support/conversation.ts';
import { Daemon, type Outcome, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { forget, go, orderOf, processes, program, untilShown, withPrograms } from './traced-programs.ts';

function control(daemon: Daemon, ...args: string[]): Promise<Outcome> {
  const [command = '', ...rest] = args;
  return run([ours[0], command, '-c', daemon.configPath, ...rest]);
}

const linesOf = ({ stdout }: Outcome) => stdout.split('\n').filter((line) => line !== '');

/** The names alone would stop and start api first; pair:a needs pair:b. */
const stack = [
  program('redis', 'stays', 'priority=900'),
  program('migrate', 'task', 'depends_on=redis'),
  program('api', 'stays', 'depends_on=redis, migrate'),
  program('worker', 'stays', 'stop_with=api'),
  program('idle', 'stays', 'autostart=false'),
  program('a', 'stays', 'depends_on=b'),
  program('b', 'stays', 'priority=900'),
  '[group:pair]\nprograms=a,b\n',
].join('');
const allUp = {
  redis: 'RUNNING',
  migrate: 'EXITED',
  api: 'RUNNING',
  worker: 'RUNNING',
  idle: 'STOPPED',
  'pair:a': 'RUNNING',
  'pair:b': 'RUNNING',
};

describe('tsupervisor, with programs that depend on each other', () => {
  let daemon: Daemon;
  const act = (...args: string[]) => control(daemon, ...args);
  beforeAll(async () => {
    daemon = await Daemon.start({ config: stack });
    go(daemon, 'migrate');
  });
  afterAll(() => daemon.stop());
  beforeEach(async () => {
    await daemon.supervisorctl('start', 'redis', 'api', 'worker', 'pair:*');
    await daemon.supervisorctl('stop', 'idle');
    await untilShown(daemon, allUp);
    forget(daemon);
  });

  test('stop all stops each after those that depend on it, and names what it has stopped', async () => {
    const outcome = await act('stop', 'all');
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(linesOf(outcome).toSorted()).toEqual([
      'api: stopped',
      'pair:a: stopped',
      'pair:b: stopped',
      'redis: stopped',
      'worker: stopped',
    ]);
    const order = ['stopped worker', 'stopping api', 'stopped api', 'stopping redis', 'stopped redis'];
    expect(orderOf(daemon, ...order)).toEqual(order);
    const pair = ['stopped a', 'stopping b'];
    expect(orderOf(daemon, ...pair)).toEqual(pair);
    expect(await act('stop', 'all')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect((await act('stop', 'idle', 'migrate')).stdout).toBe('idle: not running\nmigrate: not running\n');
  });

  test('start all starts what others depend on, and tells of each that it was started', async () => {
    await act('stop', 'all');
    forget(daemon);
    expect(linesOf(await act('start', 'all')).toSorted()).toEqual([
      'api: started',
      'idle: started',
      // It may have ended already.
      expect.stringMatching(/^migrate: started/),
      'pair:a: started',
      'pair:b: started',
      'redis: started',
      'worker: started',
    ]);
    const order = ['spawned redis', 'spawned migrate', 'spawned api'];
    expect(orderOf(daemon, ...order)).toEqual(order);
    expect(linesOf(await act('start', 'redis', 'api'))).toEqual([
      'api: already running',
      'redis: already running',
    ]);
  });

  test.each([
    ['restart all', ['all']],
    ['restart of several names', ['redis', 'api', 'worker']],
  ])('%s stops in the reverse order and starts in order', async (_, names) => {
    const lines = linesOf(await act('restart', ...names));
    for (const name of ['redis', 'api', 'worker']) {
      expect(lines.filter((line) => line.startsWith(`${name}:`))).toEqual([
        `${name}: stopped`,
        `${name}: started`,
      ]);
    }
    expect(lines.filter((line) => line.endsWith('not running'))).toEqual([]);
    const order = ['stopped worker', 'stopping api', 'stopped api', 'stopping redis'];
    expect(orderOf(daemon, ...order)).toEqual(order);
    const starts = ['stopped redis', 'spawned redis', 'spawned api'];
    expect(orderOf(daemon, ...starts)).toEqual(starts);
  });

  test.each([
    ['group', 'pair'],
    ['pattern of a group', 'pair:*'],
    ['shell pattern', 'pai?:?'],
  ])('restart of a %s follows the order, too', async (_, name) => {
    const lines = linesOf(await act('restart', name)).toSorted();
    expect(lines).toEqual(['pair:a: started', 'pair:a: stopped', 'pair:b: started', 'pair:b: stopped']);
    const order = ['stopped a', 'stopping b', 'stopped b', 'spawned b', 'spawned a'];
    expect(orderOf(daemon, ...order)).toEqual(order);
  });

  test('status counts a completed one-shot as up, and says that it has completed', async () => {
    const names = ['redis', 'migrate', 'api'];
    const { status, stdout } = await act('status', ...names);
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^migrate +EXITED +completed with exit code 0, \w+ \d+ \d+:\d+ [AP]M$/m),
    });
    expect(JSON.parse((await act('status', '--json', ...names)).stdout)).toMatchObject([
      { name: 'api' },
      { name: 'migrate', statename: 'EXITED', completed: true, exitstatus: 0 },
      { name: 'redis' },
    ]);
    expect(stdout).not.toMatch(/^(?:redis|api) .*completed/m);
    expect((await processes(daemon))['redis']).toMatchObject({ completed: false });
    const original = await daemon.supervisorctl('status', ...names);
    expect(original.status).toBe(3);
    expect(original.stdout).toMatch(/^migrate +EXITED +\w+ \d+ \d+:\d+ [AP]M$/m);
  });

  test('by JSON, several names are restarted in one request, and an unknown one is refused', async () => {
    const post = async (method: string, body: object) => {
      const response = await fetch(`http://127.0.0.1:${daemon.port}/api/v1/tsupervisor.${method}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      });
      return Object(await response.json());
    };
    const { result } = await post('restartProcesses', { names: ['pair:*', 'api'] });
    expect(result.map(({ name, status }: Record<string, unknown>) => `${name} ${status}`).toSorted()).toEqual(
      ['a 80', 'api 80', 'b 80'],
    );
    const order = ['stopped a', 'stopping b', 'stopped b', 'spawned b', 'spawned a'];
    expect(orderOf(daemon, ...order)).toEqual(order);
    const stopped = await post('stopProcesses', { names: ['api', 'idle'] });
    expect(stopped.result).toMatchObject([
      { name: 'api', status: 80, description: 'OK' },
      { name: 'idle', status: 70, description: 'NOT_RUNNING: idle' },
    ]);
    const started = await post('startProcesses', { names: ['redis', 'api'] });
    expect(started.result).toMatchObject([
      { name: 'redis', status: 60, description: 'ALREADY_STARTED: redis' },
      { name: 'api', status: 80, description: 'OK' },
    ]);
    forget(daemon);
    for (const method of ['startProcesses', 'stopProcesses', 'restartProcesses']) {
      expect(await post(method, { names: ['api', 'nosuch'] })).toMatchObject({ error: 'BAD_NAME: nosuch' });
      expect(await post(method, { names: 'api' })).toMatchObject({ error: 'INCORRECT_PARAMETERS' });
      expect(await post(method, { names: [1] })).toMatchObject({ error: 'INCORRECT_PARAMETERS' });
    }
    expect((await processes(daemon))['api']).toMatchObject({ statename: 'RUNNING' });
  });
});

test('tsupervisor status counts a one-shot that has failed as down', async () => {
  const config = program('migrate', 'task', 'autorestart=false', 'startretries=0', 'exitcodes=0,4');
  await withPrograms({ config }, async (daemon) => {
    go(daemon, 'migrate', 3);
    await eventually(async () => ['EXITED', 'FATAL'].includes(await stateOf(daemon, 'migrate')), {
      what: 'migrate to have failed',
    });
    const failed = await control(daemon, 'status', 'migrate');
    expect(failed.status).toBe(3);
    expect(failed.stdout).not.toContain('completed');
    go(daemon, 'migrate', 4);
    expect((await control(daemon, 'start', 'migrate')).status).toBe(0);
    await untilShown(daemon, { migrate: 'EXITED' });
    const completed = await control(daemon, 'status', 'migrate');
    expect(completed.status).toBe(0);
    expect(completed.stdout).toContain('completed with exit code 4');
  });
});

describe('tsupervisor start of a program that waits', () => {
  test('says for what when the time is up, and while it waits', async () => {
    const config = [
      program('db', 'gated', 'autostart=false'),
      program('api', 'stays', 'autostart=false', 'depends_on=db'),
    ].join('');
    await withPrograms({ config }, async (daemon) => {
      const late = await control(daemon, 'start', '--timeout', '0.5', 'api');
      expect(late).toMatchObject({
        status: 1,
        stdout: 'api: FAILED (still STARTING when the time was up: waiting for db (ready))\n',
      });
      const terminal = Conversation.atTerminal([ours[0], 'start', '-c', daemon.configPath, 'api']);
      await terminal.sees('waiting for 1: api (waiting for db (ready))');
      go(daemon, 'db');
      expect(await terminal.ended()).toMatchObject({ status: 0 });
    });
  });

  test('fails when what it waits for is down and stays so', async () => {
    const config = [
      '[program:bad]\ncommand=/bin/false\nstartretries=0\nautostart=false\nstdout_logfile=NONE\nstderr_logfile=NONE\n',
      program('on_bad', 'stays', 'autostart=false', 'depends_on=bad'),
    ].join('');
    await withPrograms({ config }, async (daemon) => {
      const { status, stdout } = await control(daemon, 'start', 'on_bad');
      expect({ status, stdout }).toEqual({ status: 1, stdout: 'on_bad: FAILED (waiting for bad (FATAL))\n' });
    });
  });
});

async function stateOf(daemon: Daemon, name: string): Promise<string> {
  return (await processes(daemon))[name]?.statename ?? '';
}
