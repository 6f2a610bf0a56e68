// One process, its child, its streams and its clock in every order.
import { afterAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { isStopped, pidOf } from '../../../src/supervisor/lifecycle/process-state.ts';
import type { Requester } from '../../../src/supervisor/requester.ts';
import { type Performance, type SpawnOutcome, Stage } from './process-stage.ts';

const stage = new Stage();
afterAll(() => stage.end());

const client: Requester = { kind: 'program', name: 'supervisorctl', pid: 7, uid: 1000 };

type Command =
  | { readonly do: 'start' | 'stop' | 'release' | 'abandon' | 'terminate' | 'forbid starts' }
  /** Something else comes before the spawn is finished. */
  | { readonly do: 'begin start'; readonly meanwhile: 'nothing' | 'stop' | 'start' }
  | { readonly do: 'restart'; readonly held: boolean }
  | { readonly do: 'let spawns be'; readonly outcome: SpawnOutcome }
  | { readonly do: 'refuse signals' | 'drain' }
  | { readonly do: 'exit'; readonly code: number }
  | { readonly do: 'signal the process' }
  | { readonly do: 'pass'; readonly ms: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: 'start' } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('begin start' as const),
      meanwhile: fc.constantFrom<'nothing' | 'stop' | 'start'>('nothing', 'stop', 'start'),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'stop' } as const) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const), held: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constantFrom({ do: 'release' } as const, { do: 'abandon' } as const) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('exit' as const), code: fc.constantFrom(0, 1, 2) }) },
  { weight: 4, arbitrary: fc.constant({ do: 'drain' } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('let spawns be' as const),
      outcome: fc.constantFrom<SpawnOutcome>('spawned', 'spawned', 'failed at once', 'failed on its way'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'refuse signals' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'signal the process' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 500, 1000, 15_000) }),
  },
);

const lastCommand: fc.Arbitrary<Command> = fc.constantFrom(
  { do: 'forbid starts' } as const,
  { do: 'terminate' } as const,
);

const exit: readonly Command[] = [{ do: 'exit', code: 0 }, { do: 'drain' }];

const options = fc.constantFrom(
  'startsecs=0\nautorestart=false',
  'startsecs=1\nstartretries=2',
  'startsecs=0\nautorestart=true\nstopwaitsecs=1',
  'startsecs=2\nstartretries=0\nautorestart=unexpected',
  'startsecs=0\nmax_memory=900GB',
);

async function carryOut({ process, children, clock }: Performance, wanted: Command): Promise<void> {
  const [child] = children.present;
  switch (wanted.do) {
    case 'start':
      process.start(client);
      break;
    case 'begin start':
      process.beginStart(client);
      if (wanted.meanwhile === 'stop') process.stop(client);
      if (wanted.meanwhile === 'start') process.start(client);
      process.finishSpawn();
      break;
    case 'stop':
      process.stop(client);
      break;
    case 'restart':
      process.restart(client, wanted);
      break;
    case 'release':
      process.release();
      break;
    case 'abandon':
      process.abandonRestart();
      break;
    case 'terminate':
      process.terminate();
      break;
    case 'forbid starts':
      process.forbidStart();
      break;
    case 'let spawns be':
      children.outcome = wanted.outcome;
      break;
    case 'refuse signals':
      child?.refuseSignals();
      break;
    case 'drain':
      if (child?.phase === 'reaped') child.drain();
      break;
    case 'exit':
      if (child?.phase === 'spawned') child.exit({ kind: 'exited', code: wanted.code });
      break;
    case 'signal the process':
      if (process.isSignallable) process.signal(10);
      break;
    case 'pass':
      clock.advance(wanted.ms);
      break;
  }
}

async function carryOutAll(performance: Performance, commands: readonly Command[]): Promise<void> {
  for (const wanted of commands) {
    await carryOut(performance, wanted);
    await performance.settle();
    check(performance);
  }
}

/** Invariants for events in any order. */
function check({ process, children, events }: Performance): void {
  const { state } = process.life;
  // It is not up when it shall be down, nor before a restart has stopped it.
  if (process.goal.kind === 'down' || process.goal.kind === 'restart')
    expect(['STARTING', 'RUNNING', 'BACKOFF']).not.toContain(state.name);
  // Never two children, and the one there is belongs to the state.
  expect(children.present.length).toBeLessThanOrEqual(1);
  expect(pidOf(state) ?? 0).toBe(children.present[0]?.pid ?? 0);
  // Listeners see an unbroken chain of states.
  const chain = events.flatMap((event) => ('fromState' in event ? [event] : []));
  chain.slice(1).forEach((event, index) => {
    expect(`PROCESS_STATE_${event.fromState}`).toBe(chain[index]?.type ?? '');
  });
  expect(chain.at(-1)?.type ?? 'PROCESS_STATE_STOPPED').toBe(`PROCESS_STATE_${state.name}`);
}

describe('a process, for events in any order', () => {
  test('has one child at most, whose pid is in its state, and notifies of every transition once', async () => {
    await fc.assert(
      fc.asyncProperty(options, fc.array(command, { maxLength: 40 }), async (lines, commands) => {
        const performance = stage.play(lines);
        await carryOutAll(performance, commands);
      }),
      { numRuns: 300 },
    );
  });

  test('is STOPPED once it was asked to stop and its child has exited', async () => {
    await fc.assert(
      fc.asyncProperty(options, fc.array(command, { maxLength: 25 }), async (lines, commands) => {
        const performance = stage.play(lines);
        await carryOutAll(performance, commands);
        await carryOutAll(performance, [{ do: 'stop' }, ...exit]);
        performance.clock.advance(60_000);
        await performance.settle();
        expect(performance.children.present).toEqual([]);
        expect(isStopped(performance.process.life.state)).toBe(true);
        expect(performance.process.goal.kind).toBe('down');
        check(performance);
      }),
      { numRuns: 200 },
    );
  });

  test('spawns nothing any more once starts are forbidden', async () => {
    await fc.assert(
      fc.asyncProperty(
        options,
        fc.array(command, { maxLength: 15 }),
        lastCommand,
        fc.array(command, { maxLength: 15 }),
        async (lines, before, last, after) => {
          const performance = stage.play(lines);
          await carryOutAll(performance, [...before, { do: 'forbid starts' }]);
          const { spawns } = performance.children;
          await carryOutAll(performance, [last, ...after]);
          expect(performance.children.spawns).toBe(spawns);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('continues from a JSON snapshot', async () => {
    await fc.assert(
      fc.asyncProperty(options, fc.array(command, { maxLength: 25 }), async (lines, commands) => {
        const performance = stage.play(lines);
        await carryOutAll(performance, commands);
        const { process, clock } = performance;
        // A restart that is held back continues.
        if (process.goal.kind === 'restart' && process.goal.held) return;
        const written = JSON.stringify(process.snapshot());
        const due = clock.due;
        const again = performance.restored(JSON.parse(written));
        expect(JSON.stringify(again.snapshot())).toBe(written);
        expect({ state: again.state, pid: again.pid, times: again.times, lastExit: again.lastExit }).toEqual({
          ...{ state: process.state, pid: process.pid, times: process.times, lastExit: process.lastExit },
        });
        // Its timer is due when that of the first is.
        expect(clock.due).toEqual([...due, ...due]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a restart', () => {
  test('that is held back waits for its release, even when it has stopped long ago', async () => {
    const performance = stage.play('startsecs=0');
    const { process, children, clock } = performance;
    process.start(client);
    process.restart(client, { held: true });
    await carryOutAll(performance, exit);
    clock.advance(60_000);
    await performance.settle();
    expect([process.state, children.spawns]).toEqual(['STOPPED', 1]);
    process.release();
    expect([process.state, children.spawns, process.goal.kind]).toEqual(['RUNNING', 2, 'up']);
  });

  test('that is not held back starts the process as soon as it has stopped', async () => {
    const performance = stage.play('startsecs=0');
    const { process, children } = performance;
    process.start(client);
    process.restart(client, { held: false });
    expect(children.all[0]?.signals).toEqual([15]);
    await carryOutAll(performance, exit);
    await performance.settle();
    expect([process.state, children.spawns]).toEqual(['RUNNING', 2]);
  });

  test('is forgotten when a stop is asked for before it has stopped', async () => {
    const performance = stage.play('startsecs=0');
    const { process, children } = performance;
    process.start(client);
    process.restart(client, { held: false });
    process.stop(client);
    await carryOutAll(performance, exit);
    await performance.settle();
    expect([process.state, children.spawns, process.goal.kind]).toEqual(['STOPPED', 1, 'down']);
  });
});
