// The state machine of a process: (life, event, policy, now) -> (life, effects). Pure; the caller performs the effects
// in order.
import type { ExitStatus } from '../../linux/wait.ts';
import { stopped } from './ending.ts';
import { type Lifecycle, type ProcessState, pidOf, type UnmetNeed } from './process-state.ts';
import type { RestartPolicy } from './restart-policy.ts';
import {
  attempt,
  elapsedWhileStarting,
  exitedWhileRunning,
  exitedWhileStarting,
  fail,
  onNeeds,
  onNotReady,
  onReady,
  onSpawned,
  onSpawnFailed,
  startWith,
  stopWhileStarting,
} from './starting.ts';
import { announce, log, type Step, unchanged } from './step.ts';

export type ProcessEvent =
  /** A request. `needs`: the dependencies that are not met. */
  | { readonly type: 'start'; readonly needs: readonly UnmetNeed[] }
  /** Which dependencies are not met has changed. */
  | { readonly type: 'needs'; readonly needs: readonly UnmetNeed[] }
  | { readonly type: 'spawned'; readonly pid: number }
  | { readonly type: 'spawnFailed'; readonly reason: string }
  | { readonly type: 'ready' }
  /** `final`: it never will be ready. */
  | { readonly type: 'notReady'; readonly reason: string; readonly final: boolean }
  /** The program asks for time to start or to stop, until then. */
  | { readonly type: 'extend'; readonly until: number }
  | { readonly type: 'stop' }
  /** `reason`: why it had to end, as clients see it; empty or missing when its status says enough. */
  | { readonly type: 'exited'; readonly status: ExitStatus; readonly reason?: string }
  /** Another process is the program's main process now. */
  | { readonly type: 'mainPid'; readonly pid: number }
  | { readonly type: 'signalFailed'; readonly reason: string }
  /** The timer fired; a deadline may have passed. */
  | { readonly type: 'elapsed' }
  /** Shutdown: no further start. */
  | { readonly type: 'forbidStart' }
  /** Shutdown, and it is this process's turn to stop. */
  | { readonly type: 'terminate' };

type StoppingState = Extract<ProcessState, { name: 'STOPPING' }>;

/** A program that is being stopped can extend the time that it has to this many times `maxExtensionMs` in all. */
const maxExtensions = 10;

/** One step. An event that does not apply in the current state changes nothing. */
export function step(life: Lifecycle, event: ProcessEvent, policy: RestartPolicy, now: number): Step {
  switch (event.type) {
    case 'start':
      return onStart(life, event.needs, policy, now);
    case 'needs':
      return onNeeds(life, event.needs, now);
    case 'spawned':
      return onSpawned(life, event.pid, policy, now);
    case 'spawnFailed':
      return onSpawnFailed(life, event.reason, policy, now);
    case 'ready':
      return onReady(life, policy, now);
    case 'notReady':
      return onNotReady(life, event, policy, now);
    case 'extend':
      return onExtend(life, event.until, policy, now);
    case 'stop':
      return onStop(life, policy, now);
    case 'exited':
      return withReason(onExited(life, event.status, policy, now), event.reason ?? '');
    case 'mainPid':
      return onMainPid(life, event.pid);
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

function onStart(life: Lifecycle, needs: readonly UnmetNeed[], policy: RestartPolicy, now: number): Step {
  switch (life.state.name) {
    case 'STOPPED':
    case 'EXITED':
    case 'FATAL':
    case 'BACKOFF':
      return life.startForbidden ? unchanged(life) : startWith(life, needs, policy, now);
    case 'STOPPING':
      return { life, effects: [log('warn', `process '${policy.name}' already running`)] };
    default:
      return unchanged(life);
  }
}

function onExtend(life: Lifecycle, until: number, policy: RestartPolicy, now: number): Step {
  const { state } = life;
  if (state.name === 'STARTING' && state.phase === 'up' && policy.readyMs !== null) {
    const deadline = Math.max(state.deadline, until);
    return { life: { ...life, state: { ...state, deadline } }, effects: [] };
  }
  if (state.name !== 'STOPPING') return unchanged(life);
  const latest = Math.min(now + policy.maxExtensionMs, state.since + maxExtensions * policy.maxExtensionMs);
  const killAt = Math.max(state.killAt, Math.min(until, latest));
  return { life: { ...life, state: { ...state, killAt } }, effects: [] };
}

function onStop(life: Lifecycle, policy: RestartPolicy, now: number): Step {
  const { state } = life;
  switch (state.name) {
    case 'STARTING':
      return stopWhileStarting(life, state, policy, now);
    case 'RUNNING':
      return {
        life: {
          ...life,
          state: { name: 'STOPPING', pid: state.pid, since: now, killAt: now + policy.stopMs },
          leftRunningAt: now,
        },
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
      return exitedWhileRunning(life, state.pid, status, policy, now);
    case 'STOPPING':
    case 'UNKNOWN':
      return stopped(life, state.pid, status, policy);
    default:
      return unchanged(life);
  }
}

/** In place of what the exit status says, if it was not expected. */
function withReason({ life, effects }: Step, reason: string): Step {
  const isExplained = reason === '' || life.spawnError === '';
  return { life: isExplained ? life : { ...life, spawnError: reason }, effects };
}

function onMainPid(life: Lifecycle, pid: number): Step {
  const { state } = life;
  if (state.name === 'RUNNING' || state.name === 'STOPPING')
    return { life: { ...life, state: { ...state, pid } }, effects: [] };
  if (state.name !== 'STARTING' || (state.phase !== 'up' && state.phase !== 'failing'))
    return unchanged(life);
  return { life: { ...life, state: { ...state, pid } }, effects: [] };
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
      return elapsedWhileStarting(life, state, policy, now);
    case 'BACKOFF':
      return life.startForbidden || now < state.retryAt ? unchanged(life) : attempt(life, state.name, now);
    case 'STOPPING':
      return now < state.killAt ? unchanged(life) : kill(life, state, policy, now);
    case 'EXITED':
      return state.restartAt === null || now < state.restartAt
        ? unchanged(life)
        : startWith(life, [], policy, now);
    default:
      return unchanged(life);
  }
}

/** SIGKILL, repeated until the child exits, at most once a second. */
function kill(life: Lifecycle, state: StoppingState, policy: RestartPolicy, now: number): Step {
  return {
    life: { ...life, state: { ...state, killAt: now + Math.max(policy.stopMs, 1000) } },
    effects: [
      log('warn', `killing '${policy.name}' (${state.pid}) with SIGKILL`),
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
