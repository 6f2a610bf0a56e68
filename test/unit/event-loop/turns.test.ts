import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { burstMs } from '../../../src/event-loop/bursts.ts';
import { Turns } from '../../../src/event-loop/turns.ts';

test('work is done in the order in which it fell due, and what takes long lets others in between', async () => {
  const turns = new Turns();
  const done: string[] = [];
  for (const name of ['first', 'second', 'third']) {
    turns.take(() => {
      if (name === 'first') setImmediate(() => done.push('somebody else'));
      Bun.sleepSync(burstMs + 1);
      done.push(name);
    });
  }
  turns.take(() => turns.take(() => done.push('what came of the fourth')));
  while (done.length < 5) await Bun.sleep(1);
  expect(done.slice(0, 3)).toEqual(['first', 'somebody else', 'second']);
  expect(done.slice(3)).toEqual(['third', 'what came of the fourth']);
});

test('a mistake in one piece of work does not keep the rest from its turn', () => {
  const script = `
    import { Turns } from ${JSON.stringify(join(import.meta.dir, '../../../src/event-loop/turns.ts'))};
    process.on('uncaughtException', ({ message }) => console.log(message));
    const turns = new Turns();
    turns.take(() => { throw new Error('a mistake'); });
    turns.take(() => console.log('the rest'));
    setTimeout(() => turns.take(() => console.log('what came later')), 50);`;
  const { stdout } = Bun.spawnSync([process.execPath, '-e', script]);
  expect(stdout.toString()).toBe('a mistake\nthe rest\nwhat came later\n');
});
