// Transitions within STARTING, and out of it before the process is RUNNING: waiting for dependencies, attempts,
// readiness, back-off. Pure, like state-machine.ts.
import type { ExitStatus } from '../../linux/wait.ts';
import { badExit, ended, isExpected } from './ending.ts';
import { describeExit } from './exit-status.ts';
import type { Lifecycle, StartingState, StateName, UnmetNeed } from './process-state.ts';
import type { RestartPolicy } from './restart-policy.ts';
import { attempted, becameReady, met, requested } from './start-times.ts';
import { announce, type Effect, log, type Step, then, unchanged } from './step.ts';
import { areSame, waitsFor } from './unmet-needs.ts';

const tooQuick = 'Exited too quickly (process log may have details)';

/** A start was requested or is due: waits if dependencies are not met. */
export function startWith(
  before: Lifecycle,
  needs: readonly UnmetNeed[],
  policy: RestartPolicy,
  now: number,
): Step {
  const life = { ...before, start: requested(now) };
  if (needs.length === 0) return attempt(life, life.state.name, now);
  const state = {
    name: 'STARTING',
    phase: 'waiting',
    pid: null,
    from: life.state.name,
    since: now,
    needs,
  } as const;
  return {
    life: { ...life, state, exitStatus: 0, spawnError: '' },
    effects: [log('info', `${policy.name} ${waitsFor(needs)}`)],
  };
}

/** Which dependencies are not met has changed. */
export function onNeeds(life: Lifecycle, needs: readonly UnmetNeed[], now: number): Step {
  const { state } = life;
  if (state.name !== 'STARTING' || state.phase !== 'waiting' || life.startForbidden) return unchanged(life);
  if (needs.length === 0) return attempt({ ...life, start: met(life.start, state.needs) }, state.from, now);
  if (areSame(state.needs, needs)) return unchanged(life);
  return { life: { ...life, state: { ...state, needs } }, effects: [] };
}

/** Spawns. `from`: the state that the event names. */
export function attempt(life: Lifecycle, from: StateName, now: number): Step {
  return {
    life: {
      ...life,
      state: { name: 'STARTING', phase: 'spawning', pid: null },
      startedAt: now,
      start: attempted(life.start, now),
      exitStatus: 0,
      spawnError: '',
    },
    effects: [announce({ to: 'STARTING', from, tries: life.failures }), { do: 'spawn' }],
  };
}

export function onSpawned(life: Lifecycle, pid: number, policy: RestartPolicy, now: number): Step {
  if (life.state.name !== 'STARTING') return unchanged(life);
  const deadline = (life.startedAt ?? 0) + (policy.readyMs ?? policy.startMs);
  const { firstHindrance: hindrance } = policy;
  const started: Step = {
    life: { ...life, state: { name: 'STARTING', phase: 'up', pid, deadline, hindrance } },
    effects: [log('info', `spawned: '${policy.name}' with pid ${pid}`)],
  };
  const isUp = policy.readyMs === null && policy.startMs <= 0;
  return isUp ? then(started, succeed(started.life, pid, policy, now)) : started;
}

export function onSpawnFailed(life: Lifecycle, reason: string, policy: RestartPolicy, now: number): Step {
  if (life.state.name !== 'STARTING') return unchanged(life);
  return backOff({ ...life, spawnError: reason }, [log('info', `spawnerr: ${reason}`)], policy, now);
}

/** It has shown that it is ready. */
export function onReady(life: Lifecycle, policy: RestartPolicy, now: number): Step {
  const { state } = life;
  if (state.name !== 'STARTING' || state.phase !== 'up' || policy.readyMs === null) return unchanged(life);
  return succeed(life, state.pid, policy, now);
}

/** A check found that it is not ready; `final`: it never will be. */
export function onNotReady(
  life: Lifecycle,
  { reason, final }: { readonly reason: string; readonly final: boolean },
  policy: RestartPolicy,
  now: number,
): Step {
  const { state } = life;
  if (state.name !== 'STARTING' || state.phase !== 'up' || policy.readyMs === null) return unchanged(life);
  if (final) return stopUnready(life, state.pid, reason, policy, now);
  return { life: { ...life, state: { ...state, hindrance: reason } }, effects: [] };
}

/** Its deadline has passed. */
export function elapsedWhileStarting(
  life: Lifecycle,
  state: StartingState,
  policy: RestartPolicy,
  now: number,
): Step {
  switch (state.phase) {
    case 'spawning':
      return unchanged(life);
    case 'waiting':
      return policy.dependsMs === null || now < state.since + policy.dependsMs
        ? unchanged(life)
        : stopWaitingForNeeds(life, state.needs, policy, policy.dependsMs);
    case 'up':
      if (now < state.deadline) return unchanged(life);
      if (policy.readyMs === null) return succeed(life, state.pid, policy, now);
      return stopUnready(
        life,
        state.pid,
        lateReason(state, state.deadline - (life.startedAt ?? state.deadline)),
        policy,
        now,
      );
    case 'failing':
      return now < state.killAt ? unchanged(life) : killUnready(life, state, policy, now);
  }
}

/** A stop was requested. */
export function stopWhileStarting(
  life: Lifecycle,
  state: StartingState,
  policy: RestartPolicy,
  now: number,
): Step {
  switch (state.phase) {
    case 'waiting':
      return {
        life: { ...life, state: { name: 'STOPPED' }, failures: 0 },
        effects: [announce({ to: 'STOPPED', from: 'STARTING', pid: 0 })],
      };
    case 'spawning':
      return unchanged(life);
    case 'up':
      return {
        life: {
          ...life,
          state: { name: 'STOPPING', pid: state.pid, since: now, killAt: now + policy.stopMs },
        },
        effects: [
          announce({ to: 'STOPPING', from: 'STARTING', pid: state.pid }),
          { do: 'signal', signal: 'stop' },
        ],
      };
    case 'failing':
      // It has had the signal.
      return {
        life: { ...life, state: { name: 'STOPPING', pid: state.pid, since: now, killAt: state.killAt } },
        effects: [announce({ to: 'STOPPING', from: 'STARTING', pid: state.pid })],
      };
  }
}

export function exitedWhileStarting(
  life: Lifecycle,
  state: StartingState,
  status: ExitStatus,
  policy: RestartPolicy,
  now: number,
): Step {
  if (state.phase === 'failing') {
    const message = log('info', `exited: ${policy.name} (${describeExit(status)}; it was not ready)`);
    return backOff({ ...life, spawnError: state.reason }, [message], policy, now);
  }
  if (state.phase !== 'up') return unchanged(life);
  const isDone = policy.oneshot && isExpected(status, policy);
  const isEarly = policy.readyMs !== null || now - (life.startedAt ?? now) < policy.startMs;
  if (isEarly && !isDone) {
    const message = log('warn', `exited: ${policy.name} (${describeExit(status)}; not expected)`);
    const spawnError = policy.oneshot ? badExit(status) : tooQuick;
    return backOff({ ...life, spawnError }, [message], policy, now);
  }
  // startsecs have passed but the timer has not fired yet, or it has done its work: it was RUNNING, then it exited.
  const succeeded: Step = {
    life: running(life, state.pid, policy, now),
    effects: [announce({ to: 'RUNNING', from: 'STARTING', pid: state.pid })],
  };
  return then(succeeded, exitedWhileRunning(succeeded.life, state.pid, status, policy, now));
}

export function exitedWhileRunning(
  life: Lifecycle,
  pid: number,
  status: ExitStatus,
  policy: RestartPolicy,
  now: number,
): Step {
  const exited = ended(life, pid, status, policy, now);
  if (life.startForbidden || !isFailedAttempt(life, status, policy, now)) return exited;
  const spawnError = policy.oneshot ? badExit(status) : tooQuick;
  return then(exited, backOff({ ...exited.life, failures: life.failures, spawnError }, [], policy, now));
}

/**
 * Being RUNNING is no success yet: for a one-shot, and within startsecs for a program that has shown that it is ready. A
 * check of a port, for one, may have been answered by another program.
 */
function isFailedAttempt(life: Lifecycle, status: ExitStatus, policy: RestartPolicy, now: number): boolean {
  if (policy.oneshot) return !isExpected(status, policy) && policy.autorestart !== 'never';
  return policy.readyMs !== null && now - (life.startedAt ?? now) < policy.startMs;
}

export function fail(life: Lifecycle): Step {
  return {
    life: { ...life, state: { name: 'FATAL' }, failures: 0 },
    effects: [announce({ to: 'FATAL', from: life.state.name })],
  };
}

function succeed(life: Lifecycle, pid: number, policy: RestartPolicy, now: number): Step {
  const why =
    policy.readyMs === null
      ? `process has stayed up for > than ${Math.trunc(policy.startMs / 1000)} seconds (startsecs)`
      : 'process is ready';
  return {
    life: running(life, pid, policy, now),
    effects: [
      announce({ to: 'RUNNING', from: life.state.name, pid }),
      log('info', `success: ${policy.name} entered RUNNING state, ${why}`),
    ],
  };
}

/** Failures are forgotten with the success, which may be later than RUNNING. */
function running(life: Lifecycle, pid: number, { oneshot, readyMs }: RestartPolicy, now: number): Lifecycle {
  const failures = oneshot || readyMs !== null ? life.failures : 0;
  return { ...life, state: { name: 'RUNNING', pid }, failures, start: becameReady(life.start, now) };
}

function lateReason({ hindrance }: StartingState & { phase: 'up' }, ms: number): string {
  return `not ready within ${inSeconds(ms)}${hindrance === '' ? '' : `: ${hindrance}`}`;
}

/** `0.4 seconds`, `1 second`, `60 seconds`. */
function inSeconds(ms: number): string {
  const seconds = ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000);
  return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
}

function stopUnready(life: Lifecycle, pid: number, reason: string, policy: RestartPolicy, now: number): Step {
  const killAt = now + policy.stopMs;
  return {
    life: { ...life, state: { name: 'STARTING', phase: 'failing', pid, killAt, reason } },
    effects: [log('warn', `stopping '${policy.name}' (${pid}): ${reason}`), { do: 'signal', signal: 'stop' }],
  };
}

function killUnready(
  life: Lifecycle,
  state: StartingState & { phase: 'failing' },
  policy: RestartPolicy,
  now: number,
): Step {
  const killAt = now + Math.max(policy.stopMs, 1000);
  return {
    life: { ...life, state: { ...state, killAt } },
    effects: [
      log('warn', `killing '${policy.name}' (${state.pid}) with SIGKILL`),
      { do: 'signal', signal: 'kill' },
    ],
  };
}

function stopWaitingForNeeds(
  life: Lifecycle,
  needs: readonly UnmetNeed[],
  policy: RestartPolicy,
  ms: number,
): Step {
  const spawnError = `${waitsFor(needs)} for more than ${inSeconds(ms)}`;
  const fatal = fail({ ...life, spawnError });
  const message = `gave up: ${policy.name} entered FATAL state, ${spawnError}`;
  return { life: fatal.life, effects: [...fatal.effects, log('info', message)] };
}

/** Linear back-off: one second more after each failed attempt; FATAL after startretries of them. */
function backOff(life: Lifecycle, messages: readonly Effect[], policy: RestartPolicy, now: number): Step {
  const failures = life.failures + 1;
  const waiting: Step = {
    life: { ...life, state: { name: 'BACKOFF', retryAt: now + failures * 1000 }, failures, exitStatus: 0 },
    effects: [...messages, announce({ to: 'BACKOFF', from: life.state.name, tries: failures })],
  };
  return failures > policy.startretries ? then(waiting, giveUp(waiting.life, policy)) : waiting;
}

function giveUp(life: Lifecycle, policy: RestartPolicy): Step {
  const message = `gave up: ${policy.name} entered FATAL state, too many start retries too quickly`;
  const fatal = fail(life);
  return { life: fatal.life, effects: [...fatal.effects, log('info', message)] };
}
