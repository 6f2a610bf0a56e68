// What the page is told of starts: of each process, and of all together, which is what `tsupervisor boot` tells.
import { afterAll, describe, expect, test } from 'bun:test';
import { bootView } from '../../../../src/http/ui/boot-view.ts';
import { startViews } from '../../../../src/http/ui/start-view.ts';
import { byConfiguration } from '../../../../src/supervisor/requester.ts';
import { Stage } from '../../supervisor/process-stage.ts';
import { program, Scene } from '../../supervisor/scene.ts';

const stage = new Stage();
afterAll(() => stage.end());

const stack =
  program('db') + program('migrate', 'oneshot=true\ndepends_on=db') + program('web', 'depends_on=migrate');

async function started(): Promise<Scene> {
  const scene = await Scene.open(stage, stack);
  await scene.pass(1.5);
  await scene.exit('migrate', 0);
  await scene.pass(1.5);
  return scene;
}

describe('the start of a process', () => {
  test('has its times while it runs, or when it has completed', async () => {
    const scene = await started();
    expect(startViews(scene.process('web')).start).toMatchObject({ waited: 1.5, took: 1 });
    expect(startViews(scene.process('migrate')).start).toMatchObject({ waited: 1, took: 0.5 });
  });

  test('has no times once it is down, or on its way there', async () => {
    const scene = await started();
    const web = scene.process('web');
    web.stop(byConfiguration);
    expect([web.state, startViews(web).start]).toMatchObject(['STOPPING', { waited: null, took: null }]);
    await scene.exit('web', 0);
    expect([web.state, startViews(web).start]).toMatchObject(['STOPPED', { waited: null, took: null }]);
  });
});

describe('the start of all processes', () => {
  test('is told with how many are ready', async () => {
    const scene = await Scene.open(stage, stack);
    await scene.pass(1.2);
    expect(bootView(scene.supervisor)).toMatchObject({ started: 3, readyCount: 1, isOver: false });
    const whole = bootView((await started()).supervisor);
    expect(whole).toMatchObject({ started: 3, readyCount: 3, isOver: true, ready: 2.5 });
    expect(whole.chain).toHaveLength(3);
  });

  test('is not told, without a chain, when all have been started again', async () => {
    const scene = await started();
    await scene.pass(5);
    for (const { qualifiedName } of scene.supervisor.processesByPriority) {
      const process = scene.process(qualifiedName);
      if (process.state !== 'RUNNING') process.start(byConfiguration);
      else {
        process.restart(byConfiguration, { held: false });
        await scene.exit(qualifiedName, 0);
      }
    }
    await scene.pass(3);
    expect(bootView(scene.supervisor)).toEqual({
      ...{ started: 0, readyCount: 0, ready: null, isOver: true, chain: [] },
    });
  });
});
