// Programs that wait for others: by autostart, supervisorctl of the original, XML-RPC and the JSON API.
import { describe, expect, test } from 'bun:test';
import type { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import {
  go,
  orderOf,
  processes,
  program,
  shown,
  trace,
  traced,
  untilShown,
  withPrograms,
} from './traced-programs.ts';

const listener = `
import sys
while True:
    print('READY', flush=True)
    header = dict(item.split(':') for item in sys.stdin.readline().split())
    payload = sys.stdin.read(int(header['len']))
    with open('events', 'a') as file:
        file.write(header['eventname'] + ' ' + payload + '\\n')
    sys.stdout.write('RESULT 2\\nOK')
`;

async function call(daemon: Daemon, method: string, parameters: object): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${daemon.port}/api/v1/${method}`, {
    method: 'POST',
    body: JSON.stringify(parameters),
    headers: { 'Content-Type': 'application/json' },
  });
  return response.json();
}

const stack = [
  program('db', 'gated', 'autostart=false'),
  program('migrate', 'task', 'autostart=false', 'depends_on=db'),
  program('api', 'stays', 'autostart=false', 'depends_on=migrate, db'),
  program('web', 'stays', 'autostart=false', 'depends_on=api'),
  '[group:front]\nprograms=web\n',
].join('');

describe('supervisorctl start', () => {
  test('of the last of a chain starts all before it, one after the other, and returns when it runs', async () => {
    const events = `[eventlistener:events]
command=/usr/bin/python3 -S -u %(here)s/listener.py
directory=%(here)s
events=PROCESS_STATE_STARTING
startsecs=0
stdout_logfile=NONE
`;
    await withPrograms({ config: stack + events, files: { 'listener.py': listener } }, async (daemon) => {
      await untilShown(daemon, { events: 'RUNNING' });
      let isOver = false;
      const starting = daemon.supervisorctl('start', 'front:web').finally(() => {
        isOver = true;
      });
      await untilShown(daemon, {
        db: 'STARTING',
        migrate: 'STARTING waiting for db (ready)',
        api: 'STARTING waiting for migrate (completed), db (ready)',
        'front:web': 'STARTING waiting for api (ready)',
      });
      go(daemon, 'db');
      await untilShown(daemon, { db: 'RUNNING', api: 'STARTING waiting for migrate (completed)' });
      await eventually(() => trace(daemon).length === 2, { what: 'migrate to be spawned' });
      expect(isOver).toBe(false);
      go(daemon, 'migrate');
      expect(await starting).toMatchObject({ status: 0, stdout: 'front:web: started\n' });
      expect(await shown(daemon)).toMatchObject({
        db: 'RUNNING',
        migrate: 'EXITED',
        api: 'RUNNING',
        'front:web': 'RUNNING',
      });
      await eventually(() => trace(daemon).length === 4, { what: 'web to be spawned' });
      expect(trace(daemon)).toEqual(['spawned db', 'spawned migrate', 'spawned api', 'spawned web']);
      // Listeners learn of a start when there is one.
      const eventsOf = () => daemon.read('events').match(/processname:\w+/g) ?? [];
      await eventually(() => eventsOf().length >= 5, { what: 'the events' });
      expect(eventsOf().filter((name) => name !== 'processname:events')).toEqual([
        'processname:db',
        'processname:migrate',
        'processname:api',
        'processname:web',
      ]);
    });
  });

  test('fails as that of a program that cannot start as soon as a dependency cannot', async () => {
    const config = [
      '[program:broken]\ncommand=/bin/false\nstartretries=0\nautostart=false\n',
      '[program:fatal]\ncommand=/bin/false\nstartretries=0\n',
      program('api', 'stays', 'autostart=false', 'depends_on=fatal', 'depends_timeout=4s'),
    ].join('');
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, { fatal: 'FATAL Exited too quickly (process log may have details)' });
      const broken = await daemon.supervisorctl('start', 'broken');
      const api = await daemon.supervisorctl('start', 'api');
      expect(broken.stdout).toBe('broken: ERROR (spawn error)\n');
      expect(api).toEqual({ ...broken, stdout: 'api: ERROR (spawn error)\n' });
      await untilShown(daemon, { api: 'STARTING waiting for fatal (FATAL)' });
      await untilShown(daemon, { api: 'FATAL waiting for fatal (FATAL) for more than 4 seconds' });
      expect(trace(daemon)).toEqual([]);
    });
  });
});

describe('a program that waits', () => {
  const config = [
    program('db', 'gated'),
    program('api', 'stays', 'depends_on=db'),
    program('idle', 'stays', 'autostart=false'),
  ].join('');
  const waiting = { api: 'STARTING waiting for db (ready)' };

  test('is STARTING for every client, without a pid and with what it waits for', async () => {
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, waiting);
      const { stdout } = await daemon.supervisorctl('status', 'api');
      expect(stdout).toMatch(/^api +STARTING +waiting for db \(ready\)\n$/);
      expect((await daemon.supervisorctl('pid', 'api')).stdout).toBe('0\n');
      expect(await call(daemon, 'supervisor.getProcessInfo', { name: 'api' })).toMatchObject({
        result: {
          statename: 'STARTING',
          state: 10,
          pid: 0,
          spawnerr: '',
          description: 'waiting for db (ready)',
        },
      });
      expect((await processes(daemon))['api']).toMatchObject({ start: 0, stop: 0, exitstatus: 0 });
    });
  });

  test('can be stopped, and is not signalled', async () => {
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, waiting);
      const idle = await daemon.supervisorctl('signal', 'HUP', 'idle');
      expect(await daemon.supervisorctl('signal', 'HUP', 'api')).toEqual({
        ...idle,
        stdout: idle.stdout.replace('idle', 'api'),
      });
      expect(await daemon.supervisorctl('stop', 'api')).toMatchObject({
        status: 0,
        stdout: 'api: stopped\n',
      });
      go(daemon, 'db');
      await untilShown(daemon, { db: 'RUNNING' });
      expect(await shown(daemon)).toMatchObject({ api: 'STOPPED' });
      expect(trace(daemon)).toEqual(['spawned db']);
    });
  });

  test('is started by a second start, with what it needs, when that was stopped', async () => {
    const config = program('db', 'gated') + program('api', 'stays', 'depends_on=db');
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, { api: 'STARTING waiting for db (ready)' });
      await daemon.supervisorctl('stop', 'db');
      await untilShown(daemon, { api: 'STARTING waiting for db (STOPPED)' });
      go(daemon, 'db');
      expect((await daemon.supervisorctl('start', 'api')).stdout).toBe('api: started\n');
      expect(await shown(daemon)).toMatchObject({ db: 'RUNNING', api: 'RUNNING' });
    });
  });

  test('is already started for a second client that starts it', async () => {
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, waiting);
      expect(await daemon.supervisorctl('start', 'api')).toMatchObject({
        stdout: 'api: ERROR (already started)\n',
      });
    });
  });

  test('is restarted by waiting again', async () => {
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, waiting);
      const restarting = daemon.supervisorctl('restart', 'api');
      await eventually(() => daemon.log().split('api waiting for db').length === 3, {
        what: 'api to wait again',
      });
      go(daemon, 'db');
      expect(await restarting).toMatchObject({ status: 0, stdout: 'api: stopped\napi: started\n' });
    });
  });

  test('does not keep the daemon from its end', async () => {
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, waiting);
      await daemon.supervisorctl('shutdown');
      expect(await daemon.subprocess.exited).toBe(0);
      expect(trace(daemon)).not.toContain('spawned api');
    });
  });
});

describe('a dependency', () => {
  test('is met by the condition written', async () => {
    const after = (condition: string, target: string) =>
      program(`after-${condition}`, 'stays', `depends_on=${target}=${condition}`);
    const config = [
      program('slow', 'gated'),
      program('failing', 'task', 'autorestart=false'),
      after('started', 'slow'),
      after('ready', 'slow'),
      after('ended', 'failing'),
      after('completed', 'failing'),
    ].join('');
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, {
        slow: 'STARTING',
        'after-started': 'RUNNING',
        'after-ready': 'STARTING waiting for slow (ready)',
        'after-ended': 'STARTING waiting for failing (ended)',
        'after-completed': 'STARTING waiting for failing (completed)',
      });
      go(daemon, 'slow');
      await untilShown(daemon, { 'after-ready': 'RUNNING' });
      go(daemon, 'failing', 3);
      await untilShown(daemon, {
        'after-ended': 'RUNNING',
        'after-completed': 'STARTING waiting for failing (EXITED)',
      });
      go(daemon, 'failing', 0);
      await daemon.supervisorctl('start', 'failing');
      await untilShown(daemon, { 'after-completed': 'RUNNING' });
    });
  });

  test('names all processes of a program, one process, or a group, of every kind of section', async () => {
    const names = 'process_name=%(program_name)s_%(process_num)d';
    const config = [
      program('many', 'gated', 'numprocs=2', names),
      traced('fcgi-program:fcgi', 'gated', 'depends_on=many', 'socket=unix://%(here)s/fcgi.sock'),
      traced('eventlistener:pool', 'gated', 'depends_on=fcgi:*', 'events=TICK_3600'),
      program('one', 'stays', 'depends_on=many:many_1'),
      program('last', 'stays', 'depends_on=pool, shop:*'),
      program('cart', 'gated', 'depends_on=pool'),
      program('till', 'gated'),
      '[group:shop]\nprograms=cart,till\n',
    ].join('');
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, {
        fcgi: 'STARTING waiting for many (ready)',
        one: 'STARTING waiting for many:many_1 (ready)',
        pool: 'STARTING waiting for fcgi:* (ready)',
        last: 'STARTING waiting for pool (ready), shop:* (ready)',
      });
      go(daemon, 'many_1');
      await untilShown(daemon, { one: 'RUNNING', fcgi: 'STARTING waiting for many:many_0 (ready)' });
      go(daemon, 'many_0');
      await untilShown(daemon, { fcgi: 'STARTING' });
      go(daemon, 'fcgi');
      await untilShown(daemon, { pool: 'STARTING' });
      go(daemon, 'pool');
      await untilShown(daemon, { 'shop:cart': 'STARTING', last: 'STARTING waiting for shop:* (ready)' });
      go(daemon, 'till');
      await untilShown(daemon, { last: 'STARTING waiting for shop:cart (ready)' });
      go(daemon, 'cart');
      await untilShown(daemon, { last: 'RUNNING' });
    });
  });

  test('leaves the rest to priority', async () => {
    const config = [
      program('db', 'gated', 'priority=900'),
      ...['third', 'first', 'second'].map((name) =>
        program(name, 'stays', 'depends_on=db', `priority=${['first', 'second', 'third'].indexOf(name)}`),
      ),
    ].join('');
    await withPrograms({ config }, async (daemon) => {
      await untilShown(daemon, { third: 'STARTING waiting for db (ready)' });
      go(daemon, 'db');
      await untilShown(daemon, { first: 'RUNNING', second: 'RUNNING', third: 'RUNNING' });
      const spawns: readonly string[] | null = daemon.log().match(/spawned: '(\w+)'/g);
      expect(spawns).toEqual(['db', 'first', 'second', 'third'].map((name) => `spawned: '${name}'`));
    });
  });
});

describe('XML-RPC and the JSON API', () => {
  test('return at once from a start that is not to be waited for', async () => {
    await withPrograms({ config: stack }, async (daemon) => {
      expect(await call(daemon, 'supervisor.startProcess', { name: 'front:web', wait: false })).toMatchObject(
        {
          result: true,
        },
      );
      await untilShown(daemon, { 'front:web': 'STARTING waiting for api (ready)' });
    });
  });

  test('return a result for each process of a group, and of all, also for those started for another', async () => {
    const config = `${stack}[group:back]\nprograms=api,migrate,db\n`;
    await withPrograms({ config }, async (daemon) => {
      for (const name of ['db', 'migrate']) go(daemon, name);
      const ok = (group: string, name: string) => ({ group, name, status: 80, description: 'OK' });
      const back = ['db', 'migrate', 'api'].map((name) => ok('back', name));
      const started = await call(daemon, 'supervisor.startProcessGroup', { name: 'back' });
      expect(started).toMatchObject({ result: expect.arrayContaining(back) });
      await call(daemon, 'supervisor.stopProcessGroup', { name: 'back' });
      const all = await call(daemon, 'supervisor.startAllProcesses', {});
      expect(all).toMatchObject({ result: expect.arrayContaining([...back, ok('front', 'web')]) });
      expect(orderOf(daemon, 'spawned db', 'spawned api', 'spawned web')).toEqual([
        'spawned db',
        'spawned api',
        'spawned db',
        'spawned api',
        'spawned web',
      ]);
    });
  });
});
