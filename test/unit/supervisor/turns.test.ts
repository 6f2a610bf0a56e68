import { expect, test } from 'bun:test';
import { burstMs, Turns } from '../../../src/supervisor/turns.ts';

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
