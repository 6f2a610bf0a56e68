import { afterAll, describe, expect, test } from 'bun:test';
import { OrderViews } from '../../../../src/http/ui/order-view.ts';
import { startViews } from '../../../../src/http/ui/start-view.ts';
import { Stage } from '../../supervisor/process-stage.ts';
import { program, Scene } from '../../supervisor/scene.ts';

const stage = new Stage();
afterAll(() => stage.end());

const text =
  program('db', 'numprocs=2\nprocess_name=db_%(process_num)d\nstartsecs=0') +
  program('redis') +
  program('web', 'depends_on=db:db_1=started, cache:*\nstop_with=db') +
  program('alone') +
  '[group:cache]\nprograms=redis\n';

describe('the order', () => {
  test('has units with their processes, and what each name stands for', async () => {
    const { supervisor } = await Scene.open(stage, text);
    expect(await new OrderViews(supervisor).current()).toEqual({
      units: [
        { name: 'redis (cache)', ids: ['cache:redis'], lane: 0, ...nothing },
        { name: 'db', ids: ['db:db_0', 'db:db_1'], lane: 0, ...nothing },
        {
          ...{ ...nothing, name: 'web', ids: ['web:web'], lane: 1, stopsWith: [2] },
          needs: [
            { target: 0, condition: 'started' },
            { target: 1, condition: null },
          ],
        },
      ],
      targets: [
        { name: 'db:db_1', ids: ['db:db_1'] },
        { name: 'cache:*', ids: ['cache:redis'] },
        { name: 'db', ids: ['db:db_0', 'db:db_1'] },
      ],
    });
  });

  test('is worked out again only when groups have changed', async () => {
    const { supervisor } = await Scene.open(stage, text);
    const views = new OrderViews(supervisor);
    const first = await views.current();
    expect(await views.current()).toBe(first);
    for (const process of supervisor.groups.get('web')?.processes ?? [])
      process.stop({ kind: 'configuration' });
    expect(supervisor.removeGroup('web')).toBe('removed');
    expect(await views.current()).toBeNull();
  });

  test('is null when nothing depends on anything', async () => {
    const { supervisor } = await Scene.open(stage, program('a') + program('b'));
    expect(await new OrderViews(supervisor).current()).toBeNull();
  });
});

const nothing = { oneshot: false, needs: [], stopsWith: [], restartsWith: [] };

describe('the start of a process', () => {
  test('is shown while it waits, with what it waits for', async () => {
    const scene = await Scene.open(stage, text);
    expect(startViews(scene.process('web'))).toMatchObject({
      waiting: [{ name: 'cache:*', condition: 'ready' }],
      start: { waited: null, took: null, meets: [] },
    });
    await scene.pass(3);
    expect(startViews(scene.process('web'))).toMatchObject({
      start: { waited: 1, took: 1, meets: ['started', 'ready'] },
    });
    expect(startViews(scene.process('web'))).not.toHaveProperty('waiting');
  });

  test('has nothing to show if it neither depends on others nor others on it', async () => {
    const scene = await Scene.open(stage, text);
    expect(startViews(scene.process('alone'))).toEqual({});
  });
});
