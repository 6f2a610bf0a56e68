import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { TaskQueue } from '../../../src/event-loop/task-queue.ts';
import { sliceMs } from '../../../src/event-loop/time-slice.ts';
import { eventually } from '../../support/eventually.ts';

test('work is done in the order in which it fell due, and what takes long lets others in between', async () => {
  const taskQueue = new TaskQueue();
  const done: string[] = [];
  for (const name of ['first', 'second', 'third']) {
    taskQueue.add(() => {
      if (name === 'first') setImmediate(() => done.push('somebody else'));
      Bun.sleepSync(sliceMs + 1);
      done.push(name);
    });
  }
  taskQueue.add(() => taskQueue.add(() => done.push('what came of the fourth')));
  await eventually(() => done.length === 5, { what: 'all of it' });
  expect(done.slice(0, 3)).toEqual(['first', 'somebody else', 'second']);
  expect(done.slice(3)).toEqual(['third', 'what came of the fourth']);
});

test('a mistake in one piece of work does not keep the rest from its turn', () => {
  const script = `
    import { TaskQueue } from ${JSON.stringify(join(import.meta.dir, '../../../src/event-loop/task-queue.ts'))};
    process.on('uncaughtException', ({ message }) => console.log(message));
    const taskQueue = new TaskQueue();
    taskQueue.add(() => { throw new Error('a mistake'); });
    taskQueue.add(() => console.log('the rest'));
    process.once('beforeExit', () => taskQueue.add(() => console.log('what came later')));`;
  const { stdout } = Bun.spawnSync([process.execPath, '-e', script]);
  expect(stdout.toString()).toBe('a mistake\nthe rest\nwhat came later\n');
});
