// A program whose start fails with an exception that is a bug.
import { afterAll, expect, test } from 'bun:test';
import type { PendingChild } from '../../../src/supervisor/child/child.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeChildren, Stage } from './process-stage.ts';

const stage = new Stage();
afterAll(() => stage.end());

/** The second start fails with an exception that no process expects. */
class FaultyChildren extends FakeChildren {
  override areObedient = true;

  override beginSpawn(): PendingChild {
    const pending = super.beginSpawn();
    if (this.spawns === 2) throw new TypeError('a bug');
    return pending;
  }
}

const text = ['first', 'second', 'third']
  .map((name) => `[program:${name}]\ncommand=/bin/true\nstdout_logfile=NONE\nstderr_logfile=NONE\n`)
  .join('');

test('an exception in the start of one program fails that start alone, and a shutdown still ends', async () => {
  const supervisor = stage.supervisor(text, new FaultyChildren(), new FakeClock());
  await supervisor.run();
  expect(supervisor.processesByPriority.map(({ name, state }) => [name, state])).toEqual([
    ['first', 'STARTING'],
    ['second', 'BACKOFF'],
    ['third', 'STARTING'],
  ]);
  supervisor.shutdown();
  await supervisor.ended;
  const isLogged = () => /CRIT internal error: TypeError: a bug\n/.test(stage.log());
  await eventually(isLogged, { what: 'the exception to be in the log' });
});
