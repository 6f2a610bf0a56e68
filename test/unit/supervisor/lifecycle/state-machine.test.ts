import { describe, expect, test } from 'bun:test';
import {
  deadlineOf,
  isWaiting,
  type Lifecycle,
  neverStarted,
  type ProcessState,
  pidOf,
  type StateName,
  type UnmetNeed,
} from '../../../../src/supervisor/lifecycle/process-state.ts';
import type { RestartPolicy } from '../../../../src/supervisor/lifecycle/restart-policy.ts';
import { type ProcessEvent, step } from '../../../../src/supervisor/lifecycle/state-machine.ts';
import type { Effect, Step } from '../../../../src/supervisor/lifecycle/step.ts';

const policy: RestartPolicy = {
  name: 'cat',
  startMs: 1000,
  readyMs: null,
  firstHindrance: '',
  dependsMs: null,
  startretries: 3,
  autorestart: 'unexpected',
  oneshot: false,
  exitcodes: [0],
  stopMs: 10_000,
  maxExtensionMs: 60_000,
};
const up: ProcessState = { name: 'STARTING', phase: 'up', pid: 7, deadline: 1000, hindrance: '' };
const spawning: ProcessState = { name: 'STARTING', phase: 'spawning', pid: null };
const start: ProcessEvent = { type: 'start', needs: [] };
const exit0: ProcessEvent = { type: 'exited', status: { kind: 'exited', code: 0 } };
const exit1: ProcessEvent = { type: 'exited', status: { kind: 'exited', code: 1 } };
const killed: ProcessEvent = { type: 'exited', status: { kind: 'signaled', signal: 9, coreDumped: false } };

/** A life in the given state whose last start was at 0. */
function life(state: ProcessState, more: Partial<Lifecycle> = {}): Lifecycle {
  return { ...neverStarted, startedAt: 0, state, ...more };
}

function announced(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => (effect.do === 'announce' ? [effect.change.to] : []));
}

function logged(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => (effect.do === 'log' ? [`${effect.level} ${effect.message}`] : []));
}

const lives: Readonly<Record<StateName, Lifecycle>> = {
  STOPPED: life({ name: 'STOPPED' }),
  STARTING: life(up),
  RUNNING: life({ name: 'RUNNING', pid: 7 }),
  BACKOFF: life({ name: 'BACKOFF', retryAt: 5000 }, { failures: 1 }),
  STOPPING: life({ name: 'STOPPING', pid: 7, since: 0, killAt: 5000 }),
  EXITED: life({ name: 'EXITED', restartAt: null }),
  FATAL: life({ name: 'FATAL' }),
  UNKNOWN: life({ name: 'UNKNOWN', pid: 7 }),
};

const events: Readonly<Record<string, ProcessEvent>> = {
  start,
  spawned: { type: 'spawned', pid: 8 },
  spawnFailed: { type: 'spawnFailed', reason: 'command is empty' },
  stop: { type: 'stop' },
  exit0,
  signalFailed: { type: 'signalFailed', reason: 'EPERM' },
  elapsed: { type: 'elapsed' },
  forbidStart: { type: 'forbidStart' },
  terminate: { type: 'terminate' },
};

/** The state after each event, 2 s after the start, when no other deadline has passed; `-` for no change. */
const table: Readonly<Record<StateName, Readonly<Record<string, StateName | '-'>>>> = {
  STOPPED: {
    start: 'STARTING',
    spawned: '-',
    spawnFailed: '-',
    stop: '-',
    exit0: '-',
    signalFailed: '-',
    elapsed: '-',
    forbidStart: '-',
    terminate: '-',
  },
  STARTING: {
    start: '-',
    spawned: '-',
    spawnFailed: 'BACKOFF',
    stop: 'STOPPING',
    exit0: 'EXITED',
    signalFailed: 'UNKNOWN',
    elapsed: 'RUNNING',
    forbidStart: '-',
    terminate: 'STOPPING',
  },
  RUNNING: {
    start: '-',
    spawned: '-',
    spawnFailed: '-',
    stop: 'STOPPING',
    exit0: 'EXITED',
    signalFailed: 'UNKNOWN',
    elapsed: '-',
    forbidStart: '-',
    terminate: 'STOPPING',
  },
  BACKOFF: {
    start: 'STARTING',
    spawned: '-',
    spawnFailed: '-',
    stop: 'STOPPED',
    exit0: '-',
    signalFailed: '-',
    elapsed: '-',
    forbidStart: '-',
    terminate: 'FATAL',
  },
  STOPPING: {
    start: '-',
    spawned: '-',
    spawnFailed: '-',
    stop: '-',
    exit0: 'STOPPED',
    signalFailed: 'UNKNOWN',
    elapsed: '-',
    forbidStart: '-',
    terminate: '-',
  },
  EXITED: {
    start: 'STARTING',
    spawned: '-',
    spawnFailed: '-',
    stop: '-',
    exit0: '-',
    signalFailed: '-',
    elapsed: '-',
    forbidStart: '-',
    terminate: '-',
  },
  FATAL: {
    start: 'STARTING',
    spawned: '-',
    spawnFailed: '-',
    stop: '-',
    exit0: '-',
    signalFailed: '-',
    elapsed: '-',
    forbidStart: '-',
    terminate: '-',
  },
  UNKNOWN: {
    start: '-',
    spawned: '-',
    spawnFailed: '-',
    stop: '-',
    exit0: 'STOPPED',
    signalFailed: '-',
    elapsed: '-',
    forbidStart: '-',
    terminate: '-',
  },
};

describe('every event in every state', () => {
  for (const [state, row] of Object.entries(table)) {
    for (const [event, expected] of Object.entries(row)) {
      test(`${event} in ${state} leads to ${expected === '-' ? state : expected}`, () => {
        const before = Object.entries(lives).find(([name]) => name === state)?.[1];
        const what = events[event];
        if (!before || !what) throw new Error('the table names something that does not exist');
        const after = step(before, what, policy, 2000);
        expect(after.life.state.name).toBe(expected === '-' ? before.state.name : expected);
        expect(announced(after.effects)).toEqual(
          expected === '-' ? [] : announced(after.effects).slice(0, -1).concat(expected),
        );
      });
    }
  }
});

describe('starting', () => {
  test('announces the attempt before it spawns', () => {
    const { life: after, effects } = step(lives.STOPPED, start, policy, 50);
    expect(effects).toEqual([
      { do: 'announce', change: { to: 'STARTING', from: 'STOPPED', tries: 0 } },
      { do: 'spawn' },
    ]);
    expect(after.startedAt).toBe(50);
  });

  test('becomes RUNNING only when startsecs have passed', () => {
    expect(step(lives.STARTING, { type: 'elapsed' }, policy, 999).life.state.name).toBe('STARTING');
    const running = step(lives.STARTING, { type: 'elapsed' }, policy, 1000);
    expect(running.life.state).toEqual({ name: 'RUNNING', pid: 7 });
    expect(logged(running.effects)).toEqual([
      'info success: cat entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
    ]);
  });

  test('with startsecs=0 it is RUNNING as soon as it is spawned', () => {
    const starting = life(spawning);
    const { life: after, effects } = step(
      starting,
      { type: 'spawned', pid: 9 },
      { ...policy, startMs: 0 },
      0,
    );
    expect(after.state).toEqual({ name: 'RUNNING', pid: 9 });
    expect(logged(effects)[0]).toBe("info spawned: 'cat' with pid 9");
  });

  test('an exit before startsecs is a failed attempt even with an expected code', () => {
    const { life: after, effects } = step(lives.STARTING, exit0, policy, 500);
    expect(after.state).toEqual({ name: 'BACKOFF', retryAt: 1500 });
    expect(after.spawnError).toBe('Exited too quickly (process log may have details)');
    expect(logged(effects)).toEqual(['warn exited: cat (exit status 0; not expected)']);
  });

  test('an exit after startsecs that the timer had not noticed counts as having run', () => {
    const { life: after, effects } = step(lives.STARTING, exit0, policy, 1000);
    expect(after.state.name).toBe('EXITED');
    expect(announced(effects)).toEqual(['RUNNING', 'EXITED']);
  });

  test('is told to have failed or run by the time since its start, whenever that was', () => {
    const late = life({ ...up, deadline: 6000 }, { startedAt: 5000 });
    expect(step(late, exit0, policy, 5999).life.state).toEqual({ name: 'BACKOFF', retryAt: 6999 });
    expect(step(late, exit0, policy, 6000).life.state.name).toBe('EXITED');
    expect(step(late, { type: 'elapsed' }, policy, 5999).life.state.name).toBe('STARTING');
    expect(step(late, { type: 'elapsed' }, policy, 6000).life.state.name).toBe('RUNNING');
  });

  test('waits a second longer after each failure, and gives up after startretries retries', () => {
    const waits: number[] = [];
    let now = 0;
    let current = step(lives.STOPPED, start, policy, now).life;
    for (;;) {
      current = step(current, { type: 'spawnFailed', reason: 'command is empty' }, policy, now).life;
      if (current.state.name !== 'BACKOFF') break;
      waits.push(current.state.retryAt - now);
      now = current.state.retryAt;
      expect(step(current, { type: 'elapsed' }, policy, now - 1).life.state.name).toBe('BACKOFF');
      current = step(current, { type: 'elapsed' }, policy, now).life;
      expect(current.state.name).toBe('STARTING');
    }
    expect(waits).toEqual([1000, 2000, 3000]);
    expect(current.state.name).toBe('FATAL');
    expect(current.failures).toBe(0);
    expect(current.spawnError).toBe('command is empty');
  });

  test('announces the last failure before it gives up', () => {
    const last = life(spawning, { failures: 3 });
    const { effects } = step(last, { type: 'spawnFailed', reason: 'command is empty' }, policy, 0);
    expect(announced(effects)).toEqual(['BACKOFF', 'FATAL']);
    expect(logged(effects)).toEqual([
      'info spawnerr: command is empty',
      'info gave up: cat entered FATAL state, too many start retries too quickly',
    ]);
  });

  test('startretries=0 makes one attempt', () => {
    const starting = life(up);
    expect(step(starting, exit1, { ...policy, startretries: 0 }, 10).life.state.name).toBe('FATAL');
  });

  test('a start while it is being stopped is refused with a warning', () => {
    const { life: after, effects } = step(lives.STOPPING, start, policy, 0);
    expect(after).toBe(lives.STOPPING);
    expect(logged(effects)).toEqual(["warn process 'cat' already running"]);
  });
});

describe('ending by itself', () => {
  const rows = [
    ['unexpected', exit0, false, 'info exited: cat (exit status 0; expected)'],
    ['unexpected', exit1, true, 'warn exited: cat (exit status 1; not expected)'],
    ['unexpected', killed, true, 'warn exited: cat (terminated by SIGKILL; not expected)'],
    ['always', exit0, true, 'info exited: cat (exit status 0; expected)'],
    ['never', exit1, false, 'warn exited: cat (exit status 1; not expected)'],
  ] as const;
  for (const [autorestart, event, restarts, line] of rows) {
    test(`autorestart ${autorestart}, ${line.split(' (')[1]}: ${restarts ? 'starts again' : 'stays down'}`, () => {
      const { life: after, effects } = step(lives.RUNNING, event, { ...policy, autorestart }, 60_000);
      expect(after.state).toEqual({ name: 'EXITED', restartAt: restarts ? 60_000 : null });
      expect(logged(effects)).toEqual([line]);
    });
  }

  test('no exit code is expected when exitcodes is empty', () => {
    const { life: after } = step(lives.RUNNING, exit0, { ...policy, exitcodes: [] }, 60_000);
    expect(after.spawnError).toBe('Bad exit code 0');
  });

  test('a program that dies at once for ever is started once a second', () => {
    const always = { ...policy, startMs: 0, autorestart: 'always' } as const;
    const { life: after } = step(life({ name: 'RUNNING', pid: 7 }, { startedAt: 100 }), exit0, always, 103);
    expect(after.state).toEqual({ name: 'EXITED', restartAt: 1100 });
    expect(step(after, { type: 'elapsed' }, always, 1099).life.state.name).toBe('EXITED');
    expect(step(after, { type: 'elapsed' }, always, 1100).life.state.name).toBe('STARTING');
  });

  test('a pending restart is dropped by a stop', () => {
    const pending = life({ name: 'EXITED', restartAt: 1000 });
    const { life: after } = step(pending, { type: 'stop' }, policy, 10);
    expect(after.state).toEqual({ name: 'STOPPED' });
    expect(deadlineOf(after, policy)).toBeNull();
  });
});

describe('stopping', () => {
  test('announces STOPPING before the signal is sent', () => {
    const { life: after, effects } = step(lives.RUNNING, { type: 'stop' }, policy, 100);
    expect(effects).toEqual([
      { do: 'announce', change: { to: 'STOPPING', from: 'RUNNING', pid: 7 } },
      { do: 'signal', signal: 'stop' },
    ]);
    expect(after.state).toEqual({ name: 'STOPPING', pid: 7, since: 100, killAt: 10_100 });
  });

  test('sends SIGKILL after stopwaitsecs, and again while it does not die', () => {
    expect(step(lives.STOPPING, { type: 'elapsed' }, policy, 4999).effects).toEqual([]);
    const first = step(lives.STOPPING, { type: 'elapsed' }, policy, 5000);
    expect(logged(first.effects)).toEqual(["warn killing 'cat' (7) with SIGKILL"]);
    expect(first.effects.at(-1)).toEqual({ do: 'signal', signal: 'kill' });
    const again = step(first.life, { type: 'elapsed' }, policy, 15_000);
    expect(again.effects.at(-1)).toEqual({ do: 'signal', signal: 'kill' });
  });

  test('with stopwaitsecs=0 it kills at once but not in an endless loop', () => {
    const impatient = { ...policy, stopMs: 0 };
    const stopping = step(lives.RUNNING, { type: 'stop' }, impatient, 100).life;
    const killedOnce = step(stopping, { type: 'elapsed' }, impatient, 100);
    expect(killedOnce.effects.at(-1)).toEqual({ do: 'signal', signal: 'kill' });
    expect(deadlineOf(killedOnce.life, impatient)).toBe(1100);
  });

  test('an exit is logged as a warning unless its code is in exitcodes', () => {
    const byTerm: ProcessEvent = {
      type: 'exited',
      status: { kind: 'signaled', signal: 15, coreDumped: false },
    };
    expect(logged(step(lives.STOPPING, byTerm, policy, 1).effects)).toEqual([
      'warn stopped: cat (terminated by SIGTERM)',
    ]);
    expect(logged(step(lives.STOPPING, exit0, policy, 1).effects)).toEqual([
      'info stopped: cat (exit status 0)',
    ]);
  });

  test('during BACKOFF it is STOPPED at once and its failures are forgotten', () => {
    const { life: after, effects } = step(lives.BACKOFF, { type: 'stop' }, policy, 1);
    expect(after.state.name).toBe('STOPPED');
    expect(after.failures).toBe(0);
    expect(effects).toEqual([{ do: 'announce', change: { to: 'STOPPED', from: 'BACKOFF', pid: 0 } }]);
  });

  test('in BACKOFF it waits for its turn when starts are forbidden, and is then given up without a word', () => {
    const { life: waiting, effects } = step(lives.BACKOFF, { type: 'forbidStart' }, policy, 1);
    expect([waiting.state.name, effects]).toEqual(['BACKOFF', []]);
    expect(deadlineOf(waiting, policy)).toBeNull();
    expect(step(waiting, { type: 'elapsed' }, policy, 1e9).life.state.name).toBe('BACKOFF');
    expect(step(waiting, start, policy, 1).life.state.name).toBe('BACKOFF');
    expect(step(waiting, { type: 'terminate' }, policy, 2).effects).toEqual([
      { do: 'announce', change: { to: 'FATAL', from: 'BACKOFF' } },
    ]);
  });

  test('nothing is started any more once it was forbidden', () => {
    const startForbidden = step(
      lives.RUNNING,
      { type: 'forbidStart' },
      { ...policy, autorestart: 'always' },
      1,
    ).life;
    const down = step(startForbidden, exit1, { ...policy, autorestart: 'always' }, 60_000).life;
    expect(down.state).toEqual({ name: 'EXITED', restartAt: null });
    expect(step(down, start, policy, 60_001).life.state.name).toBe('EXITED');
  });
});

const unmet: UnmetNeed = { name: 'db', condition: 'ready', stuck: null, failure: '' };
const stuck: UnmetNeed = { ...unmet, stuck: 'FATAL' };

describe('dependencies', () => {
  const waiting = step(lives.STOPPED, { type: 'start', needs: [unmet] }, policy, 50).life;

  test('that are not met are waited for before the start is announced', () => {
    const { life: after, effects } = step(lives.EXITED, { type: 'start', needs: [unmet] }, policy, 50);
    expect(after.state).toEqual({
      ...{ name: 'STARTING', phase: 'waiting', pid: null, from: 'EXITED', since: 50 },
      needs: [unmet],
    });
    expect(announced(effects)).toEqual([]);
    expect(logged(effects)).toEqual(['info cat waiting for db (ready)']);
    expect(deadlineOf(after, policy)).toBeNull();
  });

  test('that are met let it start from the state in which it was', () => {
    const { life: after, effects } = step(waiting, { type: 'needs', needs: [] }, policy, 80);
    expect(effects).toEqual([
      { do: 'announce', change: { to: 'STARTING', from: 'STOPPED', tries: 0 } },
      { do: 'spawn' },
    ]);
    expect(after.startedAt).toBe(80);
  });

  test('that change while it waits change what it says, not that it waits', () => {
    const { life: after, effects } = step(waiting, { type: 'needs', needs: [stuck] }, policy, 80);
    expect(after.state).toMatchObject({ phase: 'waiting', since: 50, needs: [stuck] });
    expect(effects).toEqual([]);
  });

  test('are not asked again by a process that has started', () => {
    expect(step(lives.RUNNING, { type: 'needs', needs: [unmet] }, policy, 80).life).toBe(lives.RUNNING);
  });

  test('are no longer waited for when it is stopped', () => {
    const { life: after, effects } = step(waiting, { type: 'stop' }, policy, 80);
    expect(after.state).toEqual({ name: 'STOPPED' });
    expect(effects).toEqual([{ do: 'announce', change: { to: 'STOPPED', from: 'STARTING', pid: 0 } }]);
  });

  test('that are not met in time make it FATAL, with their names', () => {
    const patient = { ...policy, dependsMs: 30_000 };
    expect(deadlineOf(waiting, patient)).toBe(30_050);
    expect(step(waiting, { type: 'elapsed' }, patient, 30_049).life).toBe(waiting);
    const hopeless = step(waiting, { type: 'needs', needs: [stuck] }, patient, 60).life;
    const { life: after, effects } = step(hopeless, { type: 'elapsed' }, patient, 30_050);
    expect(after.state).toEqual({ name: 'FATAL' });
    expect(after.spawnError).toBe('waiting for db (FATAL) for more than 30 seconds');
    expect(announced(effects)).toEqual(['FATAL']);
  });

  test('that are met during a shutdown start nothing', () => {
    const last = step(waiting, { type: 'forbidStart' }, policy, 60).life;
    expect(deadlineOf(last, { ...policy, dependsMs: 1 })).toBeNull();
    expect(step(last, { type: 'needs', needs: [] }, policy, 70).life).toBe(last);
    expect(step(last, { type: 'terminate' }, policy, 70).life.state.name).toBe('STOPPED');
  });
});

describe('readiness', () => {
  const strict = { ...policy, readyMs: 60_000, firstHindrance: 'fd:3: no newline yet' };
  const starting = step(life(spawning), { type: 'spawned', pid: 7 }, strict, 5).life;

  test('is what it takes to be RUNNING, not startsecs', () => {
    expect(deadlineOf(starting, strict)).toBe(60_000);
    expect(step(starting, { type: 'elapsed' }, strict, 59_999).life).toBe(starting);
    const { life: after, effects } = step(starting, { type: 'ready' }, strict, 20);
    expect(after.state).toEqual({ name: 'RUNNING', pid: 7 });
    expect(logged(effects)).toEqual(['info success: cat entered RUNNING state, process is ready']);
  });

  test('means nothing to a program that need not show it', () => {
    expect(step(lives.STARTING, { type: 'ready' }, policy, 1).life).toBe(lives.STARTING);
  });

  test('that does not come in time stops the program, with the last reason', () => {
    const refused = step(starting, { type: 'notReady', reason: 'refused', final: false }, strict, 10);
    expect(refused.effects).toEqual([]);
    const late = step(refused.life, { type: 'elapsed' }, strict, 60_000);
    expect(late.life.state).toEqual({
      ...{ name: 'STARTING', phase: 'failing', pid: 7, killAt: 70_000 },
      reason: 'not ready within 60 seconds: refused',
    });
    expect(late.effects.at(-1)).toEqual({ do: 'signal', signal: 'stop' });
    const { life: after, effects } = step(late.life, exit0, strict, 60_100);
    expect(after.state).toEqual({ name: 'BACKOFF', retryAt: 61_100 });
    expect(after.spawnError).toBe('not ready within 60 seconds: refused');
    expect(announced(effects)).toEqual(['BACKOFF']);
  });

  test('of which nothing is known yet says what is missing', () => {
    expect(starting.state).toMatchObject({ phase: 'up', hindrance: 'fd:3: no newline yet' });
    const late = step(starting, { type: 'elapsed' }, strict, 60_000).life;
    expect(late.state).toMatchObject({ reason: 'not ready within 60 seconds: fd:3: no newline yet' });
  });

  test('that does not come in less than a second says so', () => {
    const brief = { ...strict, readyMs: 400 };
    const soon = step(life(spawning), { type: 'spawned', pid: 7 }, brief, 0).life;
    const late = step(soon, { type: 'elapsed' }, brief, 1700).life;
    expect(late.state).toMatchObject({
      phase: 'failing',
      reason: 'not ready within 0.4 seconds: fd:3: no newline yet',
    });
  });

  test('that never comes ends the start at once, with SIGKILL after stopwaitsecs', () => {
    const failing = step(starting, { type: 'notReady', reason: 'closed', final: true }, strict, 10).life;
    expect(deadlineOf(failing, strict)).toBe(10_010);
    const killedLate = step(failing, { type: 'elapsed' }, strict, 10_010);
    expect(killedLate.effects.at(-1)).toEqual({ do: 'signal', signal: 'kill' });
    expect(step(killedLate.life, killed, strict, 10_020).life.spawnError).toBe('closed');
  });

  test('is no longer waited for when it is stopped meanwhile, without a second signal', () => {
    const failing = step(starting, { type: 'notReady', reason: 'closed', final: true }, strict, 10).life;
    const { life: after, effects } = step(failing, { type: 'stop' }, strict, 20);
    expect(after.state).toEqual({ name: 'STOPPING', pid: 7, since: 20, killAt: 10_010 });
    expect(effects).toEqual([{ do: 'announce', change: { to: 'STOPPING', from: 'STARTING', pid: 7 } }]);
  });

  test('can be given more time by the program', () => {
    const longer = step(starting, { type: 'extend', until: 90_000 }, strict, 10).life;
    expect(deadlineOf(longer, strict)).toBe(90_000);
    expect(deadlineOf(step(longer, { type: 'extend', until: 100 }, strict, 10).life, strict)).toBe(90_000);
    const stopping = step(lives.STOPPING, { type: 'extend', until: 50_000 }, strict, 10).life;
    expect(deadlineOf(stopping, strict)).toBe(50_000);
  });

  test('cannot be given so much time to stop that nothing ever stops', () => {
    const forever = { type: 'extend', until: Number.MAX_SAFE_INTEGER } as const;
    let stopping = step(lives.STOPPING, forever, strict, 1000).life;
    expect(deadlineOf(stopping, strict)).toBe(61_000);
    for (let now = 1000; now < 600_000; now += 50_000) stopping = step(stopping, forever, strict, now).life;
    // Ten times as long since it was told to stop.
    expect(deadlineOf(stopping, strict)).toBe(600_000);
    const killed = step(stopping, { type: 'elapsed' }, strict, 600_000);
    expect(killed.effects).toContainEqual({ do: 'signal', signal: 'kill' });
    expect(deadlineOf(step(killed.life, forever, strict, 600_001).life, strict)).toBe(610_000);
  });

  test('that another program has shown in its place does not hide a program that ends at once', () => {
    const ready = step(life(starting.state, { failures: 3 }), { type: 'ready' }, strict, 20).life;
    expect(ready).toMatchObject({ state: { name: 'RUNNING' }, failures: 3 });
    const { life: after, effects } = step(ready, exit1, strict, 999);
    expect(after.state).toEqual({ name: 'FATAL' });
    expect(after.spawnError).toBe('Exited too quickly (process log may have details)');
    expect(announced(effects)).toEqual(['EXITED', 'BACKOFF', 'FATAL']);
    expect(step(ready, exit1, strict, 1000).life).toMatchObject({ state: { name: 'EXITED' }, failures: 0 });
  });

  test('has failed when the program ends first, however long it ran', () => {
    const { life: after } = step(starting, exit0, strict, 50_000);
    expect(after.state).toEqual({ name: 'BACKOFF', retryAt: 51_000 });
  });
});

describe('one-shots', () => {
  const once = { ...policy, oneshot: true, autorestart: 'always' } as const;

  test('have completed with an expected exit, also before startsecs, and stay down', () => {
    const { life: after, effects } = step(lives.STARTING, exit0, once, 500);
    expect(after.state).toEqual({ name: 'EXITED', restartAt: null });
    expect(after.spawnError).toBe('');
    expect(announced(effects)).toEqual(['RUNNING', 'EXITED']);
    expect(step(lives.RUNNING, exit0, once, 5000).life.state).toEqual({ name: 'EXITED', restartAt: null });
  });

  test('that fail are tried again until startretries are used up, however long they ran', () => {
    const quick = step(lives.STARTING, exit1, once, 500);
    expect(quick.life).toMatchObject({
      state: { name: 'BACKOFF' },
      failures: 1,
      spawnError: 'Bad exit code 1',
    });
    const slow = step(life({ name: 'RUNNING', pid: 7 }, { failures: 2 }), exit1, once, 5000);
    expect(slow.life).toMatchObject({ state: { name: 'BACKOFF', retryAt: 8000 }, failures: 3 });
    expect(announced(slow.effects)).toEqual(['EXITED', 'BACKOFF']);
    const last = step(life({ name: 'RUNNING', pid: 7 }, { failures: 3 }), exit1, once, 5000);
    expect(last.life).toMatchObject({ state: { name: 'FATAL' }, spawnError: 'Bad exit code 1' });
  });

  test('keep their failures while they run', () => {
    const third = life(up, { failures: 2 });
    expect(step(third, { type: 'elapsed' }, once, 1000).life).toMatchObject({
      state: { name: 'RUNNING' },
      failures: 2,
    });
  });

  test('that fail are not tried again with autorestart=false', () => {
    const never = { ...once, autorestart: 'never' } as const;
    expect(step(lives.RUNNING, exit1, never, 5000).life.state).toEqual({ name: 'EXITED', restartAt: null });
  });
});

describe('the times of a start', () => {
  const spawned: ProcessEvent = { type: 'spawned', pid: 7 };

  test('are when it was requested, first spawned, and RUNNING', () => {
    const requested = step(lives.STOPPED, start, policy, 50).life;
    expect(requested.start).toEqual({ requestedAt: 50, spawnedAt: 50, readyAt: null, waitedFor: [] });
    const failed = step(requested, { type: 'spawnFailed', reason: 'no memory' }, policy, 60).life;
    const again = step(step(failed, { type: 'elapsed' }, policy, 1060).life, spawned, policy, 1061).life;
    const ready = step(again, { type: 'elapsed' }, policy, 2060).life;
    expect(ready.start).toEqual({ requestedAt: 50, spawnedAt: 50, readyAt: 2060, waitedFor: [] });
  });

  test('tell how long it waited, and for what at last', () => {
    const cache: UnmetNeed = { name: 'cache', condition: 'ready', stuck: null, failure: '' };
    const waiting = step(lives.STOPPED, { type: 'start', needs: [unmet, cache] }, policy, 50).life;
    expect(waiting.start).toEqual({ requestedAt: 50, spawnedAt: null, readyAt: null, waitedFor: [] });
    const last = step(waiting, { type: 'needs', needs: [cache] }, policy, 70).life;
    expect(step(last, { type: 'needs', needs: [] }, policy, 80).life.start).toEqual({
      ...{ requestedAt: 50, spawnedAt: 80, readyAt: null, waitedFor: [cache] },
    });
  });

  test('begin anew with each start, also by autorestart', () => {
    const first = { requestedAt: 1, spawnedAt: 2, readyAt: 3, waitedFor: [unmet] };
    const due = life({ name: 'EXITED', restartAt: 100 }, { start: first });
    const again = { requestedAt: 100, spawnedAt: 100, readyAt: null, waitedFor: [] };
    expect(step(due, { type: 'elapsed' }, policy, 100).life.start).toEqual(again);
    expect(step(life({ name: 'FATAL' }, { start: first }), start, policy, 100).life.start).toEqual(again);
  });

  test('say that a one-shot was ready although it ended before startsecs', () => {
    const begun = life(up, { start: { requestedAt: 0, spawnedAt: 0, readyAt: null, waitedFor: [] } });
    const done = step(begun, exit0, { ...policy, oneshot: true }, 500).life;
    expect([done.start?.readyAt, done.leftRunningAt]).toEqual([500, 500]);
  });
});

describe('any sequence of events', () => {
  test('keeps one pid at a time, ends every STARTING and never retries too early', () => {
    for (let seed = 1; seed <= 300; seed += 1) walk(seed);
  });
});

/** A random life against a kernel that holds at most one child. */
function walk(seed: number): void {
  const random = generator(seed);
  const pick = <T>(values: readonly T[]): T => {
    const value = values[Math.floor(random() * values.length)];
    return value === undefined ? fail() : value;
  };
  const mine: RestartPolicy = {
    ...policy,
    startMs: pick([0, 1000, 3000]),
    readyMs: pick([null, 1000, 5000]),
    firstHindrance: '',
    dependsMs: pick([null, 2000]),
    oneshot: pick([false, true]),
    startretries: pick([0, 1, 3]),
    autorestart: pick(['always', 'never', 'unexpected']),
    stopMs: pick([0, 2000]),
  };
  let current = neverStarted;
  let child: number | null = null;
  let nextPid = 1;
  let now = 0;
  let retryNotBefore = 0;

  const feed = (event: ProcessEvent): void => {
    const before = current.state;
    const waited = current.state.name === 'BACKOFF' && event.type === 'elapsed';
    const result: Step = step(current, event, mine, now);
    current = result.life;
    for (const effect of result.effects) {
      if (effect.do === 'spawn') {
        expect(child).toBeNull();
        expect(now).toBeGreaterThanOrEqual(waited ? retryNotBefore : 0);
        if (random() < 0.3) {
          feed({ type: 'spawnFailed', reason: 'no luck' });
        } else {
          child = nextPid++;
          feed({ type: 'spawned', pid: child });
        }
      } else if (effect.do === 'signal') {
        expect(pidOf(current.state)).toBe(child);
      }
    }
    if (current.state.name === 'BACKOFF' && current.state !== before)
      retryNotBefore = now + current.failures * 1000;
    expect(pidOf(current.state)).toBe(child);
  };

  for (let count = 0; count < 200; count += 1) {
    const deadline = deadlineOf(current, mine);
    if (deadline !== null && random() < 0.5) now = Math.max(now, deadline);
    else now += Math.floor(random() * 1500);
    const choice = random();
    if (choice < 0.25 && child !== null) {
      child = null;
      feed(pick([exit0, exit1, killed]));
    } else if (choice < 0.45) feed({ type: 'start', needs: pick([[], [unmet]]) });
    else if (choice < 0.5) feed({ type: 'needs', needs: pick([[], [unmet], [stuck]]) });
    else if (choice < 0.6) feed({ type: 'ready' });
    else if (choice < 0.65) feed({ type: 'notReady', reason: 'refused', final: pick([false, true]) });
    else if (choice < 0.7) feed({ type: 'extend', until: now + 1000 });
    else if (choice < 0.8) feed({ type: 'stop' });
    else feed({ type: 'elapsed' });
    if (current.state.name === 'STARTING' && (!isWaiting(current.state) || mine.dependsMs !== null))
      expect(deadlineOf(current, mine)).not.toBeNull();
  }
}

/** mulberry32: the same numbers for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function fail(): never {
  throw new Error('nothing to pick from');
}
