// Processes that depend on each other: requests, exits, failures, updates and the time in every order.
import { afterAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { OperationError } from '../../../../src/operations/operation-error.ts';
import { restart } from '../../../../src/operations/restart.ts';
import { start, startEach } from '../../../../src/operations/start.ts';
import { stop, stopEach } from '../../../../src/operations/stop.ts';
import type { Process } from '../../../../src/supervisor/process.ts';
import { type SpawnOutcome, Stage } from '../process-stage.ts';
import { scenario } from './dependency-scenario.ts';
import { client, Ensemble } from './dependency-stage.ts';

const stage = new Stage();
afterAll(() => stage.end());

type Command =
  | { readonly do: 'start' | 'stop' | 'remove group' | 'add group'; readonly which: number }
  /** Bits of `which` choose the processes. */
  | { readonly do: 'start several' | 'stop several' | 'restart several'; readonly which: number }
  | { readonly do: 'exit'; readonly which: number; readonly code: number }
  | { readonly do: 'obey' | 'restart the supervisor' }
  | { readonly do: 'let spawns be'; readonly outcome: SpawnOutcome }
  | { readonly do: 'pass'; readonly ms: number };

const which = fc.nat(11);
const bits = fc.nat(4095);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('start' as const), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('stop' as const), which }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('exit' as const), which, code: fc.constantFrom(0, 0, 1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('start several' as const, 'stop several' as const, 'restart several' as const),
      which: bits,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('remove group' as const, 'add group' as const), which }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'obey' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart the supervisor' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('let spawns be' as const),
      outcome: fc.constantFrom<SpawnOutcome>('spawned', 'spawned', 'failed at once', 'failed on its way'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(500, 1000, 3000) }),
  },
);

/** Thousands of short stories take some seconds on a busy machine. */
const timeoutMs = 60_000;

const labelOf = (process: Process) => process.qualifiedName;
const several = { by: client, labelOf, wait: true };

/** Requests go on in the background, as those of other clients do. */
function request(operation: () => unknown): void {
  const refused = (error: unknown) => {
    if (!(error instanceof OperationError)) throw error;
  };
  try {
    Promise.resolve(operation()).catch(refused);
  } catch (error) {
    refused(error);
  }
}

function carryOut(ensemble: Ensemble, wanted: Command): void {
  const { processes, supervisor, children, clock } = ensemble;
  const chosen = 'which' in wanted ? processes.filter((_, index) => (wanted.which >> index) & 1) : [];
  const one = 'which' in wanted ? processes[wanted.which % processes.length] : undefined;
  const single = (process: Process) => ({ by: client, label: process.qualifiedName, wait: true });
  switch (wanted.do) {
    case 'start':
      if (one) request(() => start(one, single(one)));
      break;
    case 'stop':
      if (one) request(() => stop(one, single(one)));
      break;
    case 'start several':
      request(() => startEach(chosen, several));
      break;
    case 'stop several':
      request(() => stopEach(chosen, several));
      break;
    case 'restart several':
      request(() => restart(chosen, several));
      break;
    case 'remove group':
      if (one) supervisor.removeGroup(one.group);
      break;
    case 'add group':
      for (const { name } of supervisor.config.groups) supervisor.addGroup(name);
      break;
    case 'exit':
      if (one) ensemble.exit(one, wanted.code);
      break;
    case 'obey':
      ensemble.obey();
      break;
    case 'restart the supervisor':
      ensemble.restart();
      break;
    case 'let spawns be':
      children.outcome = wanted.outcome;
      break;
    case 'pass':
      clock.advance(wanted.ms);
      break;
  }
}

async function carryOutAll(ensemble: Ensemble, commands: readonly Command[]): Promise<void> {
  for (const wanted of commands) {
    carryOut(ensemble, wanted);
    await ensemble.settle();
    ensemble.check();
  }
}

/** Everything that was told to stop stops, one after the other. */
async function untilQuiet(ensemble: Ensemble): Promise<void> {
  do await ensemble.settle();
  while (ensemble.obey());
}

const scenarios = fc.oneof(scenario(false), scenario(true));
const commands = fc.array(command, { maxLength: 30, size: 'max' });

describe('processes that depend on each other, for events in any order', () => {
  test(
    'are spawned by a request only when their conditions hold, and as soon as they hold',
    async () => {
      await fc.assert(
        fc.asyncProperty(scenarios, commands, async (text, wanted) => {
          const ensemble = new Ensemble(stage, text);
          await ensemble.supervisor.run();
          await ensemble.settle();
          ensemble.check();
          await carryOutAll(ensemble, wanted);
          await untilQuiet(ensemble);
          ensemble.check();
          ensemble.checkGoals();
        }),
        { numRuns: 150 },
      );
    },
    timeoutMs,
  );

  test(
    'have started what they need when they wait for it',
    async () => {
      await fc.assert(
        fc.asyncProperty(scenario(false), commands, which, async (text, wanted, index) => {
          const ensemble = new Ensemble(stage, text);
          await carryOutAll(ensemble, wanted);
          await untilQuiet(ensemble);
          ensemble.children.outcome = 'spawned';
          const process = ensemble.processes[index % ensemble.processes.length];
          if (!process || process.state === 'STARTING') return;
          process.start(client);
          await ensemble.settle();
          ensemble.check();
          ensemble.checkNeedsOf(process);
        }),
        { numRuns: 100 },
      );
    },
    timeoutMs,
  );

  test(
    'of several to stop, each stops after those that depend on it',
    async () => {
      await fc.assert(
        fc.asyncProperty(scenarios, commands, async (text, wanted) => {
          const ensemble = new Ensemble(stage, text);
          await ensemble.supervisor.run();
          await carryOutAll(ensemble, wanted);
          ensemble.stopsInOrder = true;
          const stopping = stopEach(ensemble.processes, several);
          await untilQuiet(ensemble);
          await stopping;
          ensemble.check();
          expect(ensemble.children.present).toEqual([]);
        }),
        { numRuns: 100 },
      );
    },
    timeoutMs,
  );

  test(
    'end with the supervisor, each after those that depend on it',
    async () => {
      await fc.assert(
        fc.asyncProperty(scenarios, commands, async (text, wanted) => {
          const ensemble = new Ensemble(stage, text);
          await ensemble.supervisor.run();
          await carryOutAll(ensemble, wanted);
          ensemble.stopsInOrder = true;
          const { spawns } = ensemble.children;
          ensemble.supervisor.shutdown();
          await untilQuiet(ensemble);
          await ensemble.supervisor.ended;
          ensemble.check();
          expect([ensemble.children.present.length, ensemble.children.spawns]).toEqual([0, spawns]);
        }),
        { numRuns: 100 },
      );
    },
    timeoutMs,
  );
});
