// What depends_on, stop_with and restart_with do in particular situations.
import { afterAll, describe, expect, test } from 'bun:test';
import { restart } from '../../../../src/operations/restart.ts';
import { start } from '../../../../src/operations/start.ts';
import { stopEach } from '../../../../src/operations/stop.ts';
import type { StateName } from '../../../../src/supervisor/lifecycle/process-state.ts';
import type { Process } from '../../../../src/supervisor/process.ts';
import { processInfo } from '../../../../src/supervisor/process-info.ts';
import { Stage } from '../process-stage.ts';
import { client, Ensemble } from './dependency-stage.ts';

const stage = new Stage();
afterAll(() => stage.end());

const program = (name: string, ...options: string[]) =>
  `[program:${name}]\ncommand=/bin/true\nstdout_logfile=NONE\nstderr_logfile=NONE\nstartsecs=0\n${options.join('\n')}\n`;
const labelOf = (process: Process) => process.qualifiedName;
const several = { by: client, labelOf, wait: true };

async function running(...programs: string[]): Promise<Ensemble> {
  const ensemble = new Ensemble(stage, programs.join(''));
  await ensemble.supervisor.run();
  await ensemble.settle();
  return ensemble;
}

/** Everything that was told to stop stops, one after the other. */
async function obeyAll(ensemble: Ensemble): Promise<void> {
  do await ensemble.settle();
  while (ensemble.obey());
}

function described(ensemble: Ensemble, name: string): string {
  return processInfo(ensemble.process(name)).description;
}

describe('a process that waits', () => {
  test('names the last of many that it waits for, and one that will not meet the condition', async () => {
    const many = program('db', 'numprocs=3\nprocess_name=db_%(process_num)d\nstartsecs=5\nstartretries=0');
    const ensemble = await running(many, program('api', 'depends_on=db'));
    expect(described(ensemble, 'api')).toBe('waiting for db (ready)');
    ensemble.clock.advance(1000);
    ensemble.exit(ensemble.process('db:db_1'), 1);
    await ensemble.settle();
    expect(described(ensemble, 'api')).toBe('waiting for db:db_1 (FATAL)');
    ensemble.process('db:db_1').start(client);
    ensemble.clock.advance(3000);
    await ensemble.settle();
    expect(described(ensemble, 'api')).toBe('waiting for db (ready)');
    ensemble.clock.advance(1000);
    await ensemble.settle();
    expect(described(ensemble, 'api')).toBe('waiting for db:db_1 (ready)');
    ensemble.clock.advance(1000);
    await ensemble.settle();
    expect(ensemble.process('api').state).toBe('RUNNING');
  });

  test('leaves down what it needed when it was stopped at once', async () => {
    const ensemble = await running(
      program('db', 'autostart=false'),
      program('api', 'autostart=false', 'depends_on=db'),
    );
    ensemble.process('api').start(client);
    ensemble.process('api').stop(client);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'STOPPED', db: 'STOPPED' });
  });

  test('has what it needs started again, also through another one that waits', async () => {
    const ensemble = await running(
      program('db', 'startsecs=5'),
      program('api', 'depends_on=db'),
      program('web', 'depends_on=api', 'autostart=false'),
    );
    ensemble.process('db').stop(client);
    await obeyAll(ensemble);
    expect(described(ensemble, 'api')).toBe('waiting for db (STOPPED)');
    ensemble.process('web').start(client);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'waiting', db: 'STARTING', web: 'waiting' });
    ensemble.clock.advance(5000);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'RUNNING', db: 'RUNNING', web: 'RUNNING' });
  });

  test('starts after a group that was removed and added again while it waited, though that has autostart=false', async () => {
    const ensemble = await running(
      program('db', 'startsecs=5', 'autostart=false'),
      program('api', 'depends_on=db'),
    );
    ensemble.process('db').stop(client);
    await obeyAll(ensemble);
    expect(ensemble.supervisor.removeGroup('db')).toBe('removed');
    await ensemble.settle();
    expect(described(ensemble, 'api')).toBe('waiting for db (missing)');
    ensemble.supervisor.addGroup('db');
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'waiting', db: 'STARTING' });
    ensemble.clock.advance(5000);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'RUNNING', db: 'RUNNING' });
  });

  test('does not start what a client has stopped when another group is added', async () => {
    const ensemble = await running(
      program('db', 'startsecs=5'),
      program('api', 'depends_on=db'),
      program('other', 'autostart=false'),
    );
    ensemble.process('db').stop(client);
    await obeyAll(ensemble);
    ensemble.supervisor.removeGroup('other');
    ensemble.supervisor.addGroup('other');
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'waiting', db: 'STOPPED', other: 'STOPPED' });
  });

  test('is announced as changed only when it waits for something else', async () => {
    const ensemble = await running(
      program('db', 'startsecs=5'),
      program('api', 'depends_on=db'),
      program('other', 'autostart=false'),
    );
    const announced: string[] = [];
    ensemble.supervisor.daemon.bus.subscribe(['TSUPERVISOR_PROCESS_CHANGE'], (event) => {
      if ('process' in event && event.process === 'api') announced.push(described(ensemble, 'api'));
    });
    ensemble.supervisor.removeGroup('other');
    await ensemble.settle();
    expect(announced).toEqual([]);
    ensemble.process('db').stop(client);
    await obeyAll(ensemble);
    expect(announced).toEqual(['waiting for db (STOPPED)']);
  });

  test('does not start while a completed one-shot that it needs is being started again', async () => {
    const ensemble = await running(
      program('migrate', 'oneshot=true'),
      program('seed', 'depends_on=migrate', 'oneshot=true', 'autostart=false'),
      program('api', 'depends_on=migrate=ended, seed', 'autostart=false'),
    );
    ensemble.exit(ensemble.process('migrate'), 0);
    ensemble.process('migrate').stop(client);
    ensemble.process('api').start(client);
    ensemble.process('migrate').start(client);
    await ensemble.settle();
    ensemble.check();
    expect(ensemble.states()).toEqual({ api: 'waiting', migrate: 'RUNNING', seed: 'waiting' });
  });

  test('continues to wait after the supervisor was replaced, and then starts', async () => {
    const ensemble = await running(
      program('db', 'startsecs=5'),
      program('api', 'depends_on=db', 'depends_timeout=60s'),
      program('web', 'depends_on=api'),
    );
    ensemble.restart();
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'waiting', db: 'STARTING', web: 'waiting' });
    ensemble.clock.advance(5000);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'RUNNING', db: 'RUNNING', web: 'RUNNING' });
  });

  test('gives up after depends_timeout, counted across a replacement of the supervisor', async () => {
    const ensemble = await running(
      program('db', 'startsecs=100'),
      program('api', 'depends_on=db', 'depends_timeout=60s'),
    );
    ensemble.clock.advance(40_000);
    ensemble.restart();
    ensemble.clock.advance(20_000);
    await ensemble.settle();
    expect([ensemble.process('api').state, described(ensemble, 'api')]).toEqual([
      'FATAL',
      'waiting for db (ready) for more than 60 seconds',
    ]);
  });
});

describe('several that are stopped', () => {
  test('wait for one another through a one-shot that has completed', async () => {
    const ensemble = await running(
      program('db'),
      program('migrate', 'depends_on=db', 'oneshot=true'),
      program('api', 'depends_on=migrate'),
    );
    ensemble.exit(ensemble.process('migrate'), 0);
    await ensemble.settle();
    ensemble.stopsInOrder = true;
    const stopping = stopEach(ensemble.processes, several);
    await obeyAll(ensemble);
    await stopping;
    ensemble.check();
    expect(ensemble.stopSignals).toEqual(['api', 'db']);
  });

  test('wait for one that another client is stopping already', async () => {
    const ensemble = await running(program('db'), program('api', 'depends_on=db'));
    ensemble.process('api').stop(client);
    const stopping = stopEach(ensemble.processes, several);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'STOPPING', db: 'RUNNING' });
    await obeyAll(ensemble);
    await stopping;
    expect(ensemble.states()).toEqual({ api: 'STOPPED', db: 'STOPPED' });
  });

  test('leave down what one of them has just begun to wait for', async () => {
    const ensemble = new Ensemble(
      stage,
      [
        program('db', 'autostart=false'),
        program('api', 'depends_on=db'),
        program('web', 'autostart=false', 'stop_with=api'),
      ].join(''),
    );
    await ensemble.supervisor.run();
    expect(ensemble.states()).toEqual({ api: 'waiting', db: 'STOPPED', web: 'STOPPED' });
    await stopEach(ensemble.processes, several);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'STOPPED', db: 'STOPPED', web: 'STOPPED' });
  });

  test('are down in the end when they were about to restart', async () => {
    const ensemble = await running(program('db'), program('api', 'depends_on=db'));
    const restarting = restart(ensemble.processes, several);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'STOPPING', db: 'RUNNING' });
    const stopping = stopEach(ensemble.processes, several);
    await obeyAll(ensemble);
    await stopping;
    const outcomes = await restarting;
    expect(ensemble.states()).toEqual({ api: 'STOPPED', db: 'STOPPED' });
    expect(outcomes.map(({ error }) => error?.failure)).toEqual(['NOT_RUNNING', 'NOT_RUNNING']);
  });

  test('are up in the end when a restart follows the stop', async () => {
    const ensemble = await running(program('db'), program('api', 'depends_on=db'));
    const stopping = stopEach(ensemble.processes, several);
    await ensemble.settle();
    const restarting = restart(ensemble.processes, several);
    await obeyAll(ensemble);
    await Promise.all([stopping, restarting]);
    expect(ensemble.states()).toEqual({ api: 'RUNNING', db: 'RUNNING' });
  });

  test('stop, though a changed group and an old one depend on each other', async () => {
    const before = program('db') + program('api', 'depends_on=db');
    const after = program('db', 'depends_on=api') + program('api');
    const ensemble = new Ensemble(stage, before, after);
    await ensemble.supervisor.run();
    await ensemble.settle();
    ensemble.supervisor.reread();
    ensemble.process('db').stop(client);
    await obeyAll(ensemble);
    ensemble.supervisor.removeGroup('db');
    ensemble.supervisor.addGroup('db');
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'RUNNING', db: 'RUNNING' });
    const stopping = stopEach(ensemble.processes, several);
    await obeyAll(ensemble);
    await stopping;
    expect(ensemble.states()).toEqual({ api: 'STOPPED', db: 'STOPPED' });
  });

  test('that wait for each other, as a changed group and an old one depend on each other, do not keep the supervisor', async () => {
    const before = program('db', 'autostart=false') + program('api', 'depends_on=db', 'autostart=false');
    const after = program('db', 'depends_on=api') + program('api');
    const ensemble = new Ensemble(stage, before, after);
    await ensemble.supervisor.run();
    ensemble.supervisor.reread();
    ensemble.supervisor.removeGroup('db');
    ensemble.supervisor.addGroup('db');
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'waiting', db: 'waiting' });
    ensemble.supervisor.shutdown();
    await ensemble.supervisor.ended;
    expect(ensemble.states()).toEqual({ api: 'STOPPED', db: 'STOPPED' });
  });
});

describe('a process with stop_with', () => {
  test('stops first when the other is asked to stop', async () => {
    const ensemble = await running(program('db'), program('api', 'stop_with=db'));
    const stopping = stopEach([ensemble.process('db')], several);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'STOPPING', db: 'RUNNING' });
    await obeyAll(ensemble);
    await stopping;
    expect(ensemble.states()).toEqual({ api: 'STOPPED', db: 'STOPPED' });
  });

  test('runs again after a restart of both', async () => {
    const ensemble = await running(program('db'), program('api', 'stop_with=db'));
    const restarting = restart(ensemble.processes, several);
    await obeyAll(ensemble);
    const outcomes = await restarting;
    expect(outcomes.map(({ error }) => error)).toEqual([null, null]);
    expect(ensemble.states()).toEqual({ api: 'RUNNING', db: 'RUNNING' });
  });

  test('stops when the other becomes FATAL without having been RUNNING', async () => {
    const ensemble = await running(
      program('db', 'startsecs=5', 'startretries=0'),
      program('api', 'stop_with=db'),
    );
    ensemble.exit(ensemble.process('db'), 1);
    await obeyAll(ensemble);
    expect(ensemble.states()).toEqual({ api: 'STOPPED', db: 'FATAL' });
  });
});

describe('a process with stop_with and restart_with', () => {
  const both = ['stop_with=db', 'restart_with=db'];

  test('starts again when the other is ready again, though it is slow to stop', async () => {
    const ensemble = await running(program('db', 'autorestart=true'), program('api', ...both));
    ensemble.clock.advance(2000);
    ensemble.exit(ensemble.process('db'), 1);
    await ensemble.settle();
    ensemble.clock.advance(1);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'STOPPING', db: 'RUNNING' });
    await obeyAll(ensemble);
    expect(ensemble.states()).toEqual({ api: 'RUNNING', db: 'RUNNING' });
  });

  test('starts again after a client has stopped and started the other', async () => {
    const ensemble = await running(program('db'), program('api', ...both));
    const stopping = stopEach([ensemble.process('db')], several);
    await obeyAll(ensemble);
    await stopping;
    await start(ensemble.process('db'), { by: client, label: 'db', wait: true });
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'RUNNING', db: 'RUNNING' });
  });

  test('stays down when a client has stopped it', async () => {
    const ensemble = await running(program('db', 'autorestart=true'), program('api', ...both));
    ensemble.process('api').stop(client);
    await obeyAll(ensemble);
    ensemble.clock.advance(2000);
    ensemble.exit(ensemble.process('db'), 1);
    await ensemble.settle();
    ensemble.clock.advance(1);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'STOPPED', db: 'RUNNING' });
  });

  test('stays down while the one that it stopped with is down, whatever else is ready again', async () => {
    const ensemble = await running(
      program('db', 'autorestart=true'),
      program('cache', 'autorestart=false'),
      program('api', 'stop_with=cache', 'restart_with=db, cache'),
    );
    ensemble.clock.advance(2000);
    ensemble.exit(ensemble.process('cache'), 0);
    await obeyAll(ensemble);
    ensemble.exit(ensemble.process('db'), 0);
    await ensemble.settle();
    ensemble.clock.advance(1);
    await ensemble.settle();
    expect(ensemble.states()).toEqual({ api: 'STOPPED', cache: 'EXITED', db: 'RUNNING' });
  });
});

describe('a chain of 1000 processes', () => {
  const length = 1000;
  const chain = Array.from({ length }, (_, index) => {
    const before = `p${index - 1}`;
    const options = [`depends_on=${before}`, `stop_with=${before}`, `restart_with=${before}`];
    return program(`p${index}`, ...(index === 0 ? ['autorestart=true'] : options));
  }).join('');

  test('starts, restarts with its first, stops and ends', async () => {
    const ensemble = new Ensemble(stage, chain);
    const { supervisor, children, clock } = ensemble;
    const [first, last] = [ensemble.process('p0'), ensemble.process(`p${length - 1}`)];
    const all = ensemble.processes;
    const until = async (state: StateName) => {
      while (!all.every((process) => process.state === state)) await ensemble.settle();
    };
    children.areObedient = true;
    await supervisor.run();
    await until('RUNNING');
    clock.advance(2000);
    children.all[0]?.end({ kind: 'exited', code: 1 });
    while (!all.every(({ pid }) => pid === 0)) await ensemble.settle();
    clock.advance(1);
    await until('RUNNING');
    expect(children.spawns).toBe(2 * length);
    await stopEach([first], several);
    await until('STOPPED');
    last.start(client);
    await until('RUNNING');
    supervisor.shutdown();
    await supervisor.ended;
    await until('STOPPED');
  }, 60_000);
});
