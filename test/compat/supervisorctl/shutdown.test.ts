// A server that is shutting down answers nothing else any more, and every command says so in its way.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eventually } from '../../support/eventually.ts';
import { expectAlike, originalPair, otherPairs, Stage, steps, testSteps } from './stage.ts';

/** Holds the shutdown up until it is killed. */
const config = `
[program:stubborn]
command=/bin/sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done'
startsecs=0
stopwaitsecs=600
stdout_logfile=%(here)s/stubborn.pid
`;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set({ config }, [originalPair, ...otherPairs]);
  for (const { daemon } of stage.scenes) {
    await eventually(() => daemon.read('stubborn.pid').endsWith('\n'), {
      what: 'the stubborn program to run',
    });
  }
});
afterAll(() => stage.strike());

describe('shutdown', () => {
  testSteps(
    () => stage,
    [
      ...steps(['-i shutdown'], { stdin: 'Yes\n' }),
      ...steps([
        'status',
        'start stubborn',
        'stop stubborn',
        'restart stubborn',
        'signal HUP stubborn',
        'pid',
        'clear stubborn',
        'tail stubborn',
        'maintail',
        'fg stubborn',
        'avail',
        'reread',
        'add x',
        'remove x y',
        'update',
        'reload',
        'shutdown',
        'version',
      ]),
    ],
  );

  test('ends the daemon once the last program is gone, and then nobody listens', async () => {
    for (const { daemon } of stage.scenes) process.kill(Number(daemon.read('stubborn.pid')), 'SIGKILL');
    await Promise.all(stage.scenes.map(({ daemon }) => daemon.subprocess.exited));
    const { stdout } = expectAlike(stage, await stage.play({ args: ['shutdown'] }));
    expect(stdout).toContain('no such file (already shut down?)');
  });
});
