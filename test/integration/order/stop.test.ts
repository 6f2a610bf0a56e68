// Programs that stop after those that depend on them, and what stops and restarts with another.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { clientOf } from '../../support/client.ts';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import {
  forget,
  go,
  orderOf,
  processes,
  program,
  shown,
  trace,
  untilShown,
  withPrograms,
} from './traced-programs.ts';

/** Their priorities alone would stop db first. */
const stack = [
  program('db', 'stays', 'priority=900'),
  program('cache', 'stays', 'priority=800', 'depends_on=db'),
  program('api', 'stays', 'priority=700', 'depends_on=db, cache'),
  program('web', 'stays', 'depends_on=api'),
  program('cron', 'stays'),
  '[group:front]\nprograms=web\npriority=1\n',
].join('');
const names = ['db', 'cache', 'api', 'web', 'cron'];
const allRunning = {
  db: 'RUNNING',
  cache: 'RUNNING',
  api: 'RUNNING',
  'front:web': 'RUNNING',
  cron: 'RUNNING',
};
const stops = [
  'stopping web',
  'stopped web',
  'stopping api',
  'stopped api',
  'stopping cache',
  'stopped cache',
  'stopping db',
  'stopped db',
];
const spawns = ['spawned db', 'spawned cache', 'spawned api', 'spawned web'];

async function untilTraced(daemon: Daemon, count: number): Promise<void> {
  await eventually(() => trace(daemon).length >= count, { what: `${count} lines of the trace` });
}

async function untilAllRun(daemon: Daemon): Promise<void> {
  await untilShown(daemon, allRunning);
  forget(daemon);
}

describe('programs that depend on each other stop in the reverse order', () => {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await Daemon.start({ config: stack });
  });
  afterAll(() => daemon.stop());
  beforeEach(async () => {
    await daemon.supervisorctl('start', 'all');
    await untilShown(daemon, allRunning);
    forget(daemon);
  });

  test('by stop all', async () => {
    const { stdout } = await daemon.supervisorctl('stop', 'all');
    const lines = stdout.split('\n').filter((line) => line !== '' && line !== 'cron: stopped');
    expect(lines).toEqual(['front:web: stopped', 'api: stopped', 'cache: stopped', 'db: stopped']);
    expect(orderOf(daemon, ...stops)).toEqual(stops);
  });

  test('and start in their order by restart all', async () => {
    const { stdout } = await daemon.supervisorctl('restart', 'all');
    expect(stdout.split('\n').filter((line) => line.endsWith('started'))).toHaveLength(names.length);
    expect(orderOf(daemon, ...stops, ...spawns)).toEqual([...stops, ...spawns]);
  });

  test('by a stop of those alone that a client names at once', async () => {
    const client = clientOf(daemon);
    await client.actOnAll('stop');
    client.close();
    expect(orderOf(daemon, ...stops)).toEqual(stops);
  });

  test('also when a client does not wait', async () => {
    const response = await fetch(`http://127.0.0.1:${daemon.port}/api/v1/supervisor.stopAllProcesses`, {
      method: 'POST',
      body: '{"wait": false}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(((await response.json()) as { result: unknown[] }).result).toHaveLength(names.length);
    await untilShown(daemon, { db: 'STOPPED' });
    expect(orderOf(daemon, ...stops)).toEqual(stops);
  });

  test('while two clients stop them and one starts them', async () => {
    await Promise.all([
      daemon.supervisorctl('stop', 'all'),
      daemon.supervisorctl('stop', 'db', 'api', 'cache'),
      daemon.supervisorctl('start', 'all'),
    ]);
    await daemon.supervisorctl('stop', 'all');
    expect(Object.values(await shown(daemon))).toEqual(names.map(() => 'STOPPED'));
  });

  test('by a stop of one that others need leaves the others running', async () => {
    await daemon.supervisorctl('stop', 'db');
    expect(await shown(daemon)).toMatchObject({ ...allRunning, db: 'STOPPED' });
  });
});

describe('the daemon stops its programs in the reverse order of their dependencies', () => {
  test.each<[string, (daemon: Daemon) => Promise<unknown>]>([
    ['by SIGTERM', async (daemon) => daemon.subprocess.kill('SIGTERM')],
    ['by a shutdown of a client', (daemon) => daemon.supervisorctl('shutdown')],
  ])('%s', async (_, end) => {
    await withPrograms({ config: stack }, async (daemon) => {
      await untilAllRun(daemon);
      await end(daemon);
      expect(await daemon.subprocess.exited).toBe(0);
      expect(orderOf(daemon, ...stops)).toEqual(stops);
    });
  });

  test('by a reload, and starts them in order again', async () => {
    await withPrograms({ config: stack }, async (daemon) => {
      await untilAllRun(daemon);
      await daemon.supervisorctl('reload');
      await untilTraced(daemon, 3 * names.length);
      expect(orderOf(daemon, ...stops, ...spawns)).toEqual([...stops, ...spawns]);
    });
  });
});

describe('a completed one-shot', () => {
  const config = [program('migrate', 'task'), program('api', 'stays', 'depends_on=migrate')].join('');
  const done = { migrate: 'EXITED', api: 'RUNNING' };

  test('is not run again for what depends on it, but when it is started itself or with all', async () => {
    await withPrograms({ config }, async (daemon) => {
      const runs = () => trace(daemon).filter((line) => line === 'spawned migrate').length;
      go(daemon, 'migrate');
      await untilShown(daemon, done);
      await daemon.supervisorctl('stop', 'all');
      await daemon.supervisorctl('start', 'api');
      expect([runs(), await shown(daemon)]).toEqual([1, done]);
      for (const [times, ...request] of [
        [2, 'start', 'migrate'],
        [3, 'start', 'all'],
        [4, 'restart', 'all'],
      ] as const) {
        await daemon.supervisorctl(...request);
        await untilShown(daemon, done);
        expect(runs()).toBe(times);
      }
    });
  });
});

describe('stop_with', () => {
  const config = [
    program('db', 'stays', 'autorestart=false'),
    program('api', 'stays', 'stop_with=db'),
    program('web', 'stays', 'stop_with=api'),
  ].join('');
  const up = { db: 'RUNNING', api: 'RUNNING', web: 'RUNNING' };

  async function running(act: (daemon: Daemon) => Promise<void>): Promise<void> {
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, up);
      forget(daemon);
      await act(daemon);
    });
  }

  test('stops a program before the one that a client stops', async () => {
    await running(async (daemon) => {
      expect((await daemon.supervisorctl('stop', 'db')).stdout).toBe('db: stopped\n');
      const order = ['web', 'api', 'db'].flatMap((name) => [`stopping ${name}`, `stopped ${name}`]);
      expect(trace(daemon)).toEqual(order);
    });
  });

  test('stops a program after the end of the other', async () => {
    await running(async (daemon) => {
      process.kill((await processes(daemon))['db']?.pid ?? 0, 'SIGKILL');
      await untilShown(daemon, { db: 'EXITED', api: 'STOPPED', web: 'STOPPED' });
    });
  });

  test('leaves a program down when a client restarts the other alone', async () => {
    await running(async (daemon) => {
      expect((await daemon.supervisorctl('restart', 'db')).stdout).toBe('db: stopped\ndb: started\n');
      expect(await shown(daemon)).toEqual({ db: 'RUNNING', api: 'STOPPED', web: 'STOPPED' });
    });
  });

  test('leaves a program up when both are restarted', async () => {
    await running(async (daemon) => {
      await daemon.supervisorctl('restart', 'all');
      await untilShown(daemon, up);
    });
  });
});

describe('restart_with', () => {
  const config = [
    program('db', 'stays'),
    program('api', 'stays', 'restart_with=db'),
    program('web', 'stays', 'restart_with=db', 'stop_with=db'),
    program('cron', 'stays'),
  ].join('');
  const up = { db: 'RUNNING', api: 'RUNNING', web: 'RUNNING', cron: 'RUNNING' };

  async function running(act: (daemon: Daemon) => Promise<void>): Promise<void> {
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, up);
      await act(daemon);
      await untilShown(daemon, up);
    });
  }
  const count = (daemon: Daemon, line: string) => orderOf(daemon, line).length;

  test('restarts a program after the other has been restarted by a client, and not at boot', async () => {
    await running(async (daemon) => {
      expect(trace(daemon).toSorted()).toEqual(['spawned api', 'spawned cron', 'spawned db', 'spawned web']);
      await daemon.supervisorctl('restart', 'db');
      await eventually(() => count(daemon, 'spawned api') + count(daemon, 'spawned web') === 4, {
        what: 'both to be spawned again',
      });
      expect(orderOf(daemon, 'spawned db', 'stopped web', 'stopping db', 'stopping api')).toEqual([
        'spawned db',
        'stopped web',
        'stopping db',
        'spawned db',
        'stopping api',
      ]);
      expect(count(daemon, 'spawned cron')).toBe(1);
    });
  });

  test('restarts a program after the other was killed', async () => {
    await running(async (daemon) => {
      process.kill((await processes(daemon))['db']?.pid ?? 0, 'SIGKILL');
      await eventually(() => count(daemon, 'spawned api') + count(daemon, 'spawned web') === 4, {
        what: 'both to be spawned again',
      });
      expect(count(daemon, 'spawned db')).toBe(2);
      expect(count(daemon, 'spawned cron')).toBe(1);
    });
  });
});
