// The state machine of a process: (life, event, policy, now) -> (life, effects). Pure; the caller performs the effects
// in order.
import type { ExitStatus } from '../linux/wait.ts';
import { codeOf, describeExit } from './exit-status.ts';
import {
  type Lifecycle,
  type ProcessState,
  pidOf,
  type RestartPolicy,
  type StateName,
} from './process-state.ts';

export type ProcessEvent =
  | { readonly type: 'start' }
  | { readonly type: 'spawned'; readonly pid: number }
  | { readonly type: 'spawnFailed'; readonly reason: string }
  | { readonly type: 'stop' }
  | { readonly type: 'exited'; readonly status: ExitStatus }
  | { readonly type: 'signalFailed'; readonly reason: string }
  /** The timer fired; a deadline may have passed. */
  | { readonly type: 'elapsed' }
  /** Shutdown: no further start. */
  | { readonly type: 'forbidStart' }
  /** Shutdown, and it is this process's turn to stop. */
  | { readonly type: 'terminate' };

/** A transition as event listeners see it; the further members depend on the new state. */
export type StateChange =
  | { readonly to: 'STARTING' | 'BACKOFF'; readonly from: StateName; readonly tries: number }
  | { readonly to: 'RUNNING' | 'STOPPING' | 'STOPPED'; readonly from: StateName; readonly pid: number }
  | { readonly to: 'EXITED'; readonly from: StateName; readonly pid: number; readonly expected: boolean }
  | { readonly to: 'FATAL' | 'UNKNOWN'; readonly from: StateName };

export type Effect =
  | { readonly do: 'log'; readonly level: 'critical' | 'warn' | 'info' | 'debug'; readonly message: string }
  | { readonly do: 'announce'; readonly change: StateChange }
  /** Followed by a `spawned` or `spawnFailed` event. */
  | { readonly do: 'spawn' }
  | { readonly do: 'signal'; readonly signal: 'stop' | 'kill' };

export interface Step {
  readonly life: Lifecycle;
  readonly effects: readonly Effect[];
}

/** Throttles respawns: starts by autorestart are at least this far apart. */
const respawnIntervalMs = 1000;
const tooQuick = 'Exited too quickly (process log may have details)';

/** One step. An event that does not apply in the current state changes nothing. */
export function step(life: Lifecycle, event: ProcessEvent, policy: RestartPolicy, now: number): Step {
  switch (event.type) {
    case 'start':
      return onStart(life, policy, now);
    case 'spawned':
      return onSpawned(life, event.pid, policy);
    case 'spawnFailed':
      return onSpawnFailed(life, event.reason, policy, now);
    case 'stop':
      return onStop(life, policy, now);
    case 'exited':
      return onExited(life, event.status, policy, now);
    case 'signalFailed':
      return onSignalFailed(life, event.reason);
    case 'elapsed':
      return onElapsed(life, policy, now);
    case 'forbidStart':
      return onForbidStart(life);
    case 'terminate':
      return life.state.name === 'BACKOFF' ? fail(life) : onStop(life, policy, now);
  }
}

function onStart(life: Lifecycle, policy: RestartPolicy, now: number): Step {
  switch (life.state.name) {
    case 'STOPPED':
    case 'EXITED':
    case 'FATAL':
    case 'BACKOFF':
      return life.startForbidden ? unchanged(life) : attempt(life, now);
    case 'STOPPING':
      return { life, effects: [log('warn', `process '${policy.name}' already running`)] };
    default:
      return unchanged(life);
  }
}

function attempt(life: Lifecycle, now: number): Step {
  return {
    life: { ...life, state: { name: 'STARTING', pid: null }, startedAt: now, exitStatus: 0, spawnError: '' },
    effects: [announce({ to: 'STARTING', from: life.state.name, tries: life.failures }), { do: 'spawn' }],
  };
}

function onSpawned(life: Lifecycle, pid: number, policy: RestartPolicy): Step {
  if (life.state.name !== 'STARTING') return unchanged(life);
  const started: Step = {
    life: { ...life, state: { name: 'STARTING', pid } },
    effects: [log('info', `spawned: '${policy.name}' with pid ${pid}`)],
  };
  return policy.startMs <= 0 ? then(started, succeed(started.life, pid, policy)) : started;
}

function succeed(life: Lifecycle, pid: number, policy: RestartPolicy): Step {
  const seconds = Math.trunc(policy.startMs / 1000);
  return {
    life: { ...life, state: { name: 'RUNNING', pid }, failures: 0 },
    effects: [
      announce({ to: 'RUNNING', from: life.state.name, pid }),
      log(
        'info',
        `success: ${policy.name} entered RUNNING state, process has stayed up for > than ${seconds} seconds (startsecs)`,
      ),
    ],
  };
}

function onSpawnFailed(life: Lifecycle, reason: string, policy: RestartPolicy, now: number): Step {
  if (life.state.name !== 'STARTING') return unchanged(life);
  return backOff({ ...life, spawnError: reason }, log('info', `spawnerr: ${reason}`), policy, now);
}

/** Linear back-off: one second more after each failed attempt; FATAL after startretries of them. */
function backOff(life: Lifecycle, message: Effect, policy: RestartPolicy, now: number): Step {
  const failures = life.failures + 1;
  const waiting: Step = {
    life: { ...life, state: { name: 'BACKOFF', retryAt: now + failures * 1000 }, failures, exitStatus: 0 },
    effects: [message, announce({ to: 'BACKOFF', from: life.state.name, tries: failures })],
  };
  return failures > policy.startretries ? then(waiting, giveUp(waiting.life, policy)) : waiting;
}

function giveUp(life: Lifecycle, policy: RestartPolicy): Step {
  const message = `gave up: ${policy.name} entered FATAL state, too many start retries too quickly`;
  const fatal = fail(life);
  return { life: fatal.life, effects: [...fatal.effects, log('info', message)] };
}

function fail(life: Lifecycle): Step {
  return {
    life: { ...life, state: { name: 'FATAL' }, failures: 0 },
    effects: [announce({ to: 'FATAL', from: life.state.name })],
  };
}

function onStop(life: Lifecycle, policy: RestartPolicy, now: number): Step {
  const { state } = life;
  switch (state.name) {
    case 'STARTING':
    case 'RUNNING':
      if (state.pid === null) return unchanged(life);
      return {
        life: { ...life, state: { name: 'STOPPING', pid: state.pid, killAt: now + policy.stopMs } },
        effects: [
          announce({ to: 'STOPPING', from: state.name, pid: state.pid }),
          { do: 'signal', signal: 'stop' },
        ],
      };
    case 'BACKOFF':
      return stopWaiting(life);
    case 'EXITED':
      return state.restartAt === null ? unchanged(life) : stopWaiting(life);
    default:
      return unchanged(life);
  }
}

/** There is no child, only a scheduled start: cancel it. */
function stopWaiting(life: Lifecycle): Step {
  return {
    life: { ...life, state: { name: 'STOPPED' }, failures: 0 },
    effects: [announce({ to: 'STOPPED', from: life.state.name, pid: 0 })],
  };
}

function onExited(life: Lifecycle, status: ExitStatus, policy: RestartPolicy, now: number): Step {
  const { state } = life;
  switch (state.name) {
    case 'STARTING':
      return exitedWhileStarting(life, state, status, policy, now);
    case 'RUNNING':
      return ended(life, state.pid, status, policy, now);
    case 'STOPPING':
    case 'UNKNOWN':
      return stopped(life, state.pid, status, policy);
    default:
      return unchanged(life);
  }
}

function exitedWhileStarting(
  life: Lifecycle,
  state: Extract<ProcessState, { name: 'STARTING' }>,
  status: ExitStatus,
  policy: RestartPolicy,
  now: number,
): Step {
  if (state.pid === null) return unchanged(life);
  if (now - (life.startedAt ?? now) < policy.startMs) {
    const message = log('warn', `exited: ${policy.name} (${describeExit(status)}; not expected)`);
    return backOff({ ...life, spawnError: tooQuick }, message, policy, now);
  }
  // startsecs have passed but the timer has not fired yet: it was RUNNING, then it exited.
  const running: Step = {
    life: { ...life, state: { name: 'RUNNING', pid: state.pid }, failures: 0 },
    effects: [announce({ to: 'RUNNING', from: 'STARTING', pid: state.pid })],
  };
  return then(running, ended(running.life, state.pid, status, policy, now));
}

function ended(life: Lifecycle, pid: number, status: ExitStatus, policy: RestartPolicy, now: number): Step {
  const expected = isExpected(status, policy);
  const exitStatus = codeOf(status);
  const again =
    !life.startForbidden &&
    (policy.autorestart === 'always' || (policy.autorestart === 'unexpected' && !expected));
  const restartAt = again ? earliestRestart(life, now) : null;
  const what = `exited: ${policy.name} (${describeExit(status)}; ${expected ? 'expected' : 'not expected'})`;
  return {
    life: {
      ...life,
      state: { name: 'EXITED', restartAt },
      failures: 0,
      exitStatus,
      spawnError: expected ? '' : `Bad exit code ${exitStatus}`,
    },
    effects: [
      log(expected ? 'info' : 'warn', what),
      announce({ to: 'EXITED', from: life.state.name, pid, expected }),
    ],
  };
}

/** At once when it ran for a second or more; else a second after the last start, to prevent a fork storm. */
function earliestRestart(life: Lifecycle, now: number): number {
  return Math.max(now, (life.startedAt ?? now) + respawnIntervalMs);
}

function stopped(life: Lifecycle, pid: number, status: ExitStatus, policy: RestartPolicy): Step {
  return {
    life: { ...life, state: { name: 'STOPPED' }, failures: 0, exitStatus: codeOf(status), spawnError: '' },
    effects: [
      log(isExpected(status, policy) ? 'info' : 'warn', `stopped: ${policy.name} (${describeExit(status)})`),
      announce({ to: 'STOPPED', from: life.state.name, pid }),
    ],
  };
}

function onSignalFailed(life: Lifecycle, reason: string): Step {
  const pid = pidOf(life.state);
  if (pid === null || life.state.name === 'UNKNOWN') return unchanged(life);
  return {
    life: { ...life, state: { name: 'UNKNOWN', pid } },
    effects: [log('critical', reason), announce({ to: 'UNKNOWN', from: life.state.name })],
  };
}

function onElapsed(life: Lifecycle, policy: RestartPolicy, now: number): Step {
  const { state } = life;
  switch (state.name) {
    case 'STARTING':
      if (state.pid === null || now < (life.startedAt ?? now) + policy.startMs) return unchanged(life);
      return succeed(life, state.pid, policy);
    case 'BACKOFF':
      return life.startForbidden || now < state.retryAt ? unchanged(life) : attempt(life, now);
    case 'STOPPING':
      return now < state.killAt ? unchanged(life) : kill(life, state.pid, policy, now);
    case 'EXITED':
      return state.restartAt === null || now < state.restartAt ? unchanged(life) : attempt(life, now);
    default:
      return unchanged(life);
  }
}

/** SIGKILL, repeated until the child exits, at most once a second. */
function kill(life: Lifecycle, pid: number, policy: RestartPolicy, now: number): Step {
  return {
    life: { ...life, state: { name: 'STOPPING', pid, killAt: now + Math.max(policy.stopMs, 1000) } },
    effects: [
      log('warn', `killing '${policy.name}' (${pid}) with SIGKILL`),
      { do: 'signal', signal: 'kill' },
    ],
  };
}

/** In BACKOFF it stays until its turn comes (`terminate`), like the original. */
function onForbidStart(life: Lifecycle): Step {
  const startForbidden = { ...life, startForbidden: true };
  if (life.state.name !== 'EXITED') return { life: startForbidden, effects: [] };
  return { life: { ...startForbidden, state: { name: 'EXITED', restartAt: null } }, effects: [] };
}

function isExpected(status: ExitStatus, policy: RestartPolicy): boolean {
  return status.kind === 'exited' && policy.exitcodes.includes(status.code);
}

function then(first: Step, second: Step): Step {
  return { life: second.life, effects: [...first.effects, ...second.effects] };
}

function unchanged(life: Lifecycle): Step {
  return { life, effects: [] };
}

function log(level: 'critical' | 'warn' | 'info' | 'debug', message: string): Effect {
  return { do: 'log', level, message };
}

function announce(change: StateChange): Effect {
  return { do: 'announce', change };
}
