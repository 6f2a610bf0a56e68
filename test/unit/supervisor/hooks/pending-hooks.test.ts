// What a daemon that ends waits for, on a clock of the test.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { hookEndLimitMs, PendingHooks } from '../../../../src/supervisor/hooks/pending-hooks.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** Calls that the test ends; of aborted ones only the obedient end. */
class Ending {
  readonly clock = new FakeClock();
  readonly said: string[] = [];
  readonly hooks = new PendingHooks({ info: (message) => this.said.push(message) }, this.clock);
  readonly givenUp: string[] = [];
  settled = false;

  call(what: string, obedient = true): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    void this.hooks.run(what, (giveUp) => {
      giveUp.addEventListener('abort', () => {
        this.givenUp.push(what);
        if (obedient) resolve();
      });
      return promise;
    });
    return resolve;
  }

  async settle(): Promise<void> {
    void this.hooks.drain().then(() => {
      this.settled = true;
    });
    await turnOfLoop();
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await turnOfLoop();
  }
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('the end of a daemon', () => {
  test('waits for nothing and says nothing when no hook is under way', async () => {
    const ending = new Ending();
    const end = ending.call('on_exit of a');
    end();
    await turnOfLoop();
    await ending.settle();
    expect([ending.settled, ending.said, ending.clock.due]).toEqual([true, [], []]);
  });

  test('waits for the hooks that are under way, which it names', async () => {
    const ending = new Ending();
    const [first, second] = [ending.call('on_exit of a'), ending.call('on_fatal of b')];
    await ending.settle();
    expect(ending.said).toEqual(['waiting for on_exit of a, on_fatal of b to end']);
    first();
    await turnOfLoop();
    expect(ending.settled).toBe(false);
    second();
    await turnOfLoop();
    expect([ending.settled, ending.clock.due]).toEqual([true, []]);
  });

  test('gives them up after ten seconds', async () => {
    const ending = new Ending();
    ending.call('on_exit of a');
    await ending.settle();
    await ending.pass(hookEndLimitMs - 1);
    expect([ending.givenUp, ending.settled]).toEqual([[], false]);
    await ending.pass(1);
    expect([ending.givenUp, ending.settled]).toEqual([['on_exit of a'], true]);
  });

  test('waits one second more for what does not end even then', async () => {
    const ending = new Ending();
    ending.call('on_exit of a', false);
    await ending.settle();
    await ending.pass(hookEndLimitMs);
    await ending.pass(999);
    expect(ending.settled).toBe(false);
    await ending.pass(1);
    expect([ending.settled, ending.clock.due]).toEqual([true, []]);
  });

  test('comes when the last hook has ended or was given up, in whatever order they end', async () => {
    const hook = fc.record({ endsAt: fc.integer({ min: 1, max: 12_000 }), obedient: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(hook, { minLength: 1, maxLength: 5 }), async (hooks) => {
        const ending = new Ending();
        const ends = hooks.map(({ endsAt, obedient }, index) => ({
          at: endsAt,
          end: ending.call(`${index}`, obedient),
        }));
        await ending.settle();
        const over = hooks.map(({ endsAt, obedient }) =>
          endsAt <= hookEndLimitMs || !obedient ? Math.min(endsAt, hookEndLimitMs + 1000) : hookEndLimitMs,
        );
        const expected = Math.max(...over);
        let now = 0;
        const moments = [...ends.map(({ at }) => at), hookEndLimitMs, expected - 1, expected];
        for (const moment of moments.toSorted((a, b) => a - b)) {
          if (moment > expected) break;
          // What ends at the very moment of a limit has ended before it.
          for (const { at, end } of ends) if (at === moment) end();
          await turnOfLoop();
          await ending.pass(moment - now);
          now = moment;
          if (moment < expected) expect(ending.settled).toBe(false);
        }
        expect(ending.settled).toBe(true);
        expect(ending.clock.due).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
