// A supervisor restored from a snapshot.
import { afterAll, expect, test } from 'bun:test';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeChildren, Stage } from './process-stage.ts';

const stage = new Stage();
afterAll(() => stage.end());

const program = (name: string, options = '') =>
  `[program:${name}]\ncommand=/bin/true\nstdout_logfile=NONE\nstderr_logfile=NONE\n${options}\n`;
const text = [
  program('running', 'startsecs=0\nmax_memory=900GB'),
  program('starting', 'startsecs=10'),
  program('waiting', 'startsecs=1\nstartretries=3'),
  program('manual', 'autostart=false'),
  program('two', 'numprocs=2\nprocess_name=%(process_num)s\nstartsecs=0'),
].join('');

test('a supervisor restored from a JSON snapshot keeps the children that still run', async () => {
  const [children, clock] = [new FakeChildren(), new FakeClock()];
  const first = stage.supervisor(text, children, clock);
  await first.run();
  const by = { kind: 'signal', signal: 'SIGUSR1' } as const;
  const waiting = first.groups.get('waiting')?.process('waiting');
  children.all.find(({ pid }) => pid === waiting?.pid)?.exit({ kind: 'exited', code: 1 });
  children.present.find(({ phase }) => phase === 'reaped')?.drain();
  await new Promise((resolve) => setImmediate(resolve));
  first.groups.get('two')?.process('0')?.stop(by);
  const written = JSON.stringify(first.snapshot());

  const second = stage.supervisor(text, new FakeChildren(), clock);
  second.restore(JSON.parse(written));
  expect(JSON.stringify(second.snapshot())).toBe(written);
  const seen = [...second.groups.values()].flatMap(({ processes }) =>
    processes.map(({ qualifiedName, state, pid, goal }) => [qualifiedName, state, pid > 0, goal.kind]),
  );
  expect(seen).toEqual([
    ['manual', 'STOPPED', false, 'none'],
    ['running', 'RUNNING', true, 'up'],
    ['starting', 'STARTING', true, 'up'],
    ['two:0', 'STOPPING', true, 'down'],
    ['two:1', 'RUNNING', true, 'up'],
    ['waiting', 'BACKOFF', false, 'up'],
  ]);
});
