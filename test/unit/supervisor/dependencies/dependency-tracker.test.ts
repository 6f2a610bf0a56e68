import { afterAll, describe, expect, test } from 'bun:test';
import { processInfo } from '../../../../src/supervisor/process-info.ts';
import { byConfiguration } from '../../../../src/supervisor/requester.ts';
import { Stage } from '../process-stage.ts';
import { program, Scene } from '../scene.ts';

const stage = new Stage();
afterAll(() => stage.end());

const says = (scene: Scene, name: string) => processInfo(scene.process(name)).description;

describe('what a process waits for', () => {
  test('is shown as FATAL if it was started for the process and failed at once', async () => {
    const scene = await Scene.open(
      stage,
      program('web', 'depends_on=db') + program('db', 'autostart=false\nstartretries=0\ncommand=/no/such'),
    );
    expect(says(scene, 'web')).toBe('waiting for db (FATAL)');
  });

  test('is shown with its new state when it goes from one that needs a request to another', async () => {
    const scene = await Scene.open(
      stage,
      program('web', 'depends_on=db') + program('db', 'startretries=0\nstartsecs=9'),
    );
    scene.process('db').stop(byConfiguration);
    await scene.exit('db', 0);
    expect(says(scene, 'web')).toBe('waiting for db (STOPPED)');
    scene.children.outcome = 'failed on its way';
    scene.process('db').start(byConfiguration);
    await scene.pass(0);
    expect(says(scene, 'web')).toBe('waiting for db (FATAL)');
  });
});
