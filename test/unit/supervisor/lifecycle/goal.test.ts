import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Goal, type GoalEvent, nextGoal } from '../../../../src/supervisor/lifecycle/goal.ts';
import type { ProcessState, StateName } from '../../../../src/supervisor/lifecycle/process-state.ts';

const before = { by: { kind: 'configuration' }, at: { unixSeconds: 1, aheadMs: 0 } } as const;
const asked = {
  by: { kind: 'program', name: 'supervisorctl', pid: 7, uid: 1000 },
  at: { unixSeconds: 2, aheadMs: 0 },
} as const;

const states: Readonly<Record<StateName, ProcessState>> = {
  STOPPED: { name: 'STOPPED' },
  STARTING: { name: 'STARTING', phase: 'up', pid: 7, deadline: 1000, hindrance: '' },
  RUNNING: { name: 'RUNNING', pid: 7 },
  BACKOFF: { name: 'BACKOFF', retryAt: 5000 },
  STOPPING: { name: 'STOPPING', pid: 7, since: 0, killAt: 5000 },
  EXITED: { name: 'EXITED', restartAt: null },
  FATAL: { name: 'FATAL' },
  UNKNOWN: { name: 'UNKNOWN', pid: 7 },
};

const goals: Readonly<Record<string, Goal>> = {
  none: { kind: 'none' },
  up: { kind: 'up', asked: before },
  down: { kind: 'down', asked: before },
  restart: { kind: 'restart', asked: before, held: false },
  held: { kind: 'restart', asked: before, held: true },
};

const events: Readonly<Record<string, GoalEvent>> = {
  start: { type: 'start', asked },
  stop: { type: 'stop', asked },
  restart: { type: 'restart', asked, held: false },
  hold: { type: 'restart', asked, held: true },
  'planned stop': { type: 'planned', kind: 'down', asked },
  'planned restart': { type: 'planned', kind: 'restart', asked },
  released: { type: 'released' },
  abandoned: { type: 'abandoned' },
  changed: { type: 'changed' },
};

const named = (goal: Goal) => (goal.kind === 'restart' && goal.held ? 'held' : goal.kind);

/** `goal!command` after each event, `-` for no change. Columns: STOPPED, RUNNING, BACKOFF, STOPPING. */
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  none: {
    start: 'up!start up!start up!start none!start',
    stop: 'down!stop down!stop down!stop down!stop',
    restart: 'up!start restart!stop restart!stop restart',
    hold: 'held held!stop held!stop held',
    'planned stop': 'down down down down',
    'planned restart': 'held held held held',
    released: '- - - -',
    abandoned: '- - - -',
    changed: '- - - -',
  },
  up: {
    start: 'up!start up!start up!start up!start',
    stop: 'down!stop down!stop down!stop down!stop',
    restart: 'up!start restart!stop restart!stop restart',
    hold: 'held held!stop held!stop held',
    'planned stop': 'down down down down',
    'planned restart': 'held held held held',
    released: '- - - -',
    abandoned: '- - - -',
    changed: '- - - -',
  },
  down: {
    start: 'up!start up!start up!start down!start',
    stop: 'down!stop down!stop down!stop down!stop',
    restart: 'up!start restart!stop restart!stop restart',
    hold: 'held held!stop held!stop held',
    'planned stop': 'down down down down',
    'planned restart': 'held held held held',
    released: 'down!stop down!stop down!stop down!stop',
    abandoned: '- - - -',
    changed: '- - - -',
  },
  restart: {
    start: 'up!start up!start up!start restart!start',
    stop: 'down!stop down!stop down!stop down!stop',
    restart: 'up!start restart!stop restart!stop restart',
    hold: 'held held!stop held!stop held',
    'planned stop': 'down down down down',
    'planned restart': 'held held held held',
    released: 'up!start restart!stop restart!stop restart',
    abandoned: 'down down down down',
    changed: 'up!start - - -',
  },
  held: {
    start: 'up!start up!start up!start held!start',
    stop: 'down!stop down!stop down!stop down!stop',
    restart: 'up!start restart!stop restart!stop restart',
    hold: 'held held!stop held!stop held',
    'planned stop': 'down down down down',
    'planned restart': 'held held held held',
    released: 'up!start restart!stop restart!stop restart',
    abandoned: 'down down down down',
    changed: '- - - -',
  },
};

describe('a goal', () => {
  for (const [name, row] of Object.entries(table)) {
    for (const [type, expected] of Object.entries(row)) {
      test(`${name}, on ${type}, becomes in STOPPED, RUNNING, BACKOFF, STOPPING: ${expected}`, () => {
        const goal = goals[name] ?? { kind: 'none' };
        const event = events[type] ?? { type: 'changed' };
        const seen = (['STOPPED', 'RUNNING', 'BACKOFF', 'STOPPING'] as const).map((state) => {
          const next = nextGoal(goal, event, states[state]);
          if (next.goal === goal && next.command === null) return '-';
          return named(next.goal) + (next.command ? `!${next.command}` : '');
        });
        expect(seen.join(' ')).toBe(expected);
      });
    }
  }

  test('names the last one who asked, and when', () => {
    for (const event of ['start', 'stop', 'restart', 'hold']) {
      const { goal } = nextGoal(
        { kind: 'up', asked: before },
        events[event] ?? { type: 'changed' },
        states.RUNNING,
      );
      expect(goal).toMatchObject({ asked });
    }
  });

  test('of a refused start stays what it was, with the one who asked before', () => {
    const down: Goal = { kind: 'down', asked: before };
    expect(nextGoal(down, { type: 'start', asked }, states.STOPPING).goal).toBe(down);
  });

  test('survives being written down at any moment', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...Object.keys(events)), fc.constantFrom(...Object.keys(states)))),
        (steps) => {
          let goal: Goal = { kind: 'none' };
          let restored: Goal = goal;
          for (const [event, state] of steps) {
            const [type, at] = [events[event], Object.entries(states).find(([name]) => name === state)?.[1]];
            if (!type || !at) throw new Error('no such step');
            const step = nextGoal(goal, type, at);
            const again = nextGoal(restored, type, at);
            expect(again).toEqual(step);
            goal = step.goal;
            restored = JSON.parse(JSON.stringify(goal));
          }
        },
      ),
    );
  });

  test('of a restart starts at once what is down, and first stops what is up or will be started again', () => {
    const event = { type: 'restart', asked, held: false } as const;
    for (const name of ['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN'] as const) {
      const next = nextGoal({ kind: 'none' }, event, states[name]);
      expect([name, next.goal.kind, next.command]).toEqual([name, 'up', 'start']);
    }
    const pending: ProcessState = { name: 'EXITED', restartAt: 5000 };
    for (const state of [states.STARTING, states.RUNNING, states.BACKOFF, pending]) {
      const next = nextGoal({ kind: 'none' }, event, state);
      expect([state.name, next.goal.kind, next.command]).toEqual([state.name, 'restart', 'stop']);
    }
  });

  test('of a restart is reached from any state once the process is down', () => {
    for (const state of Object.values(states)) {
      const first = nextGoal({ kind: 'none' }, { type: 'restart', asked, held: false }, state);
      const last =
        first.goal.kind === 'restart' ? nextGoal(first.goal, { type: 'changed' }, states.STOPPED) : first;
      expect(last).toEqual({ goal: { kind: 'up', asked }, command: 'start' });
    }
  });
});
