import { afterAll, describe, expect, test } from 'bun:test';
import { byConfiguration } from '../../../src/supervisor/requester.ts';
import type { Supervisor } from '../../../src/supervisor/supervisor.ts';
import { FakeChildren, Stage } from './process-stage.ts';
import { program, Scene } from './scene.ts';

const stage = new Stage();
afterAll(() => stage.end());

/** `name: requested spawned ready`, in seconds since the boot began. */
function starts({ boot }: Supervisor): string[] {
  const since = (at: number | null) => (at === null ? '-' : (at - boot.beganAt) / 1000);
  return boot.starts.map(
    ({ process, times, doneAt, isOfBoot }) =>
      `${process.qualifiedName}: ${since(times.requestedAt)} ${since(times.spawnedAt)} ${since(doneAt)}${isOfBoot ? '' : ' later'}`,
  );
}

function chain({ boot }: Supervisor): string[] {
  return boot.chain.map(({ start, waitedFor }) => `${start.process.qualifiedName} ${waitedFor}`);
}

const stack =
  program('db', 'startsecs=2') +
  program('migrate', 'oneshot=true\ndepends_on=db') +
  program('api', 'depends_on=migrate, cache\nstartsecs=1') +
  program('cache', 'startsecs=1') +
  program('off', 'autostart=false');

describe('a boot', () => {
  test('has the times of every process that was started', async () => {
    const scene = await Scene.open(stage, stack);
    await scene.pass(2.5);
    await scene.exit('migrate', 0);
    await scene.pass(2);
    expect(starts(scene.supervisor)).toEqual([
      'api: 0 2.5 3.5',
      'cache: 0 0 1',
      'db: 0 0 2',
      'migrate: 0 2 2.5',
    ]);
    expect(scene.supervisor.boot).toMatchObject({
      isOver: true,
      readyAt: scene.supervisor.boot.beganAt + 3500,
    });
  });

  test('took as long as the chain from the last process that was ready, through what each waited for last', async () => {
    const scene = await Scene.open(stage, stack);
    await scene.pass(2.5);
    await scene.exit('migrate', 0);
    await scene.pass(2);
    expect(chain(scene.supervisor)).toEqual(['api completed', 'migrate ready', 'db null']);
  });

  test('is not over while a process waits, starts or has work to complete', async () => {
    const scene = await Scene.open(stage, stack);
    await scene.pass(2.2);
    expect(starts(scene.supervisor)).toEqual(['api: 0 - -', 'cache: 0 0 1', 'db: 0 0 2', 'migrate: 0 2 -']);
    await scene.pass(5);
    expect(scene.process('migrate').state).toBe('RUNNING');
    expect(scene.supervisor.boot.isOver).toBe(false);
    expect(chain(scene.supervisor)).toEqual(['db null']);
  });

  test('is over although a process has failed for good', async () => {
    const scene = await Scene.open(stage, program('db', 'startretries=0') + program('ok'));
    await scene.exit('db', 1);
    await scene.pass(2);
    expect(starts(scene.supervisor)).toEqual(['db: 0 0 -', 'ok: 0 0 1']);
    expect(scene.supervisor.boot.isOver).toBe(true);
  });

  test('has the failed attempts of a process in its time', async () => {
    const scene = await Scene.open(stage, program('db'));
    await scene.exit('db', 1);
    await scene.pass(3);
    expect(starts(scene.supervisor)).toEqual(['db: 0 0 2']);
  });

  test('has no process that was started later', async () => {
    const scene = await Scene.open(stage, program('db') + program('web'));
    await scene.pass(60);
    await scene.exit('web', 1);
    await scene.pass(5);
    expect(starts(scene.supervisor)).toEqual(['db: 0 0 1', 'web: 60.1 60.1 61.1 later']);
    expect(chain(scene.supervisor)).toEqual(['db null']);
  });

  test('goes on when a client starts what others have waited for', async () => {
    const scene = await Scene.open(
      stage,
      program('db', 'startretries=0') + program('web', 'depends_on=db') + program('log'),
    );
    await scene.exit('db', 1);
    await scene.pass(60);
    scene.process('db').start(byConfiguration);
    await scene.pass(5);
    expect(starts(scene.supervisor)).toEqual(['db: 60 60 61', 'log: 0 0 1', 'web: 0 61 62']);
    expect(chain(scene.supervisor)).toEqual(['web ready', 'db null']);
  });
});

describe('the chain', () => {
  test('leads through the process of a program that was last', async () => {
    const scene = await Scene.open(
      stage,
      program('db', 'numprocs=3\nprocess_name=%(process_num)s\nautostart=false') +
        program('web', 'depends_on=db'),
    );
    await scene.exit('db:1', 1);
    await scene.pass(5);
    expect(chain(scene.supervisor)).toEqual(['web ready', 'db:1 null']);
  });

  test('ends at a process that has been started again since', async () => {
    const scene = await Scene.open(stage, program('db') + program('web', 'depends_on=db'));
    await scene.pass(5);
    expect(chain(scene.supervisor)).toEqual(['web ready', 'db null']);
    await scene.exit('db', 1);
    await scene.pass(5);
    expect(chain(scene.supervisor)).toEqual(['web null']);
  });
});

test('a boot is known after a restore from a snapshot', async () => {
  const scene = await Scene.open(stage, stack);
  await scene.pass(3);
  const second = stage.supervisor(stack, new FakeChildren(), scene.clock);
  expect(second.boot.starts).toEqual([]);
  second.restore(JSON.parse(JSON.stringify(scene.supervisor.snapshot())));
  const times = ({ starts }: typeof scene.supervisor.boot) =>
    starts.map((start) => ({ ...start, process: null }));
  expect(times(second.boot)).toEqual(times(scene.supervisor.boot));
});
