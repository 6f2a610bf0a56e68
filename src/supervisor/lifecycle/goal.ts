// The goal of a process, as opposed to its state (process-state.ts): (goal, event, state) -> (goal, command). Pure.
//
// The state machine decides the transitions without a request: startsecs, back-off, autorestart. The goal remembers
// what was requested, by whom and when, and carries a restart from its stop to its start.

import type { Requester } from '../requester.ts';
import type { Timestamp } from '../timestamp.ts';
import { isDown, type ProcessState } from './process-state.ts';

/** Serialisable. */
export type Goal =
  /** No request since the process was configured. */
  | { readonly kind: 'none' }
  | { readonly kind: 'up' | 'down'; readonly asked: Asked }
  /**
   * Stop, then start. `held`: the start waits for a release, because other processes must stop first; so may the stop.
   */
  | { readonly kind: 'restart'; readonly asked: Asked; readonly held: boolean };

export interface Asked {
  readonly by: Requester;
  readonly at: Timestamp;
}

export type GoalEvent =
  /** A request to stop or to restart that takes effect with `released`, or a later request. */
  | { readonly type: 'planned'; readonly kind: 'down' | 'restart'; readonly asked: Asked }
  | { readonly type: 'start' | 'stop'; readonly asked: Asked }
  | { readonly type: 'restart'; readonly asked: Asked; readonly held: boolean }
  /** What a held restart or a planned stop waits for has happened. */
  | { readonly type: 'released' }
  /** What a held restart waits for has failed: the process stays down. */
  | { readonly type: 'abandoned' }
  /** The state of the process has changed. */
  | { readonly type: 'changed' };

/** An event for the state machine. */
export type GoalCommand = 'start' | 'stop';

export interface GoalStep {
  readonly goal: Goal;
  readonly command: GoalCommand | null;
}

/** One step. The caller gives the command to the state machine, which may still refuse it. */
export function nextGoal(goal: Goal, event: GoalEvent, state: ProcessState): GoalStep {
  switch (event.type) {
    case 'planned':
      return unchanged(
        event.kind === 'down'
          ? { kind: 'down', asked: event.asked }
          : { kind: 'restart', asked: event.asked, held: true },
      );
    case 'start':
      return onStart(goal, event.asked, state);
    case 'stop':
      return { goal: { kind: 'down', asked: event.asked }, command: 'stop' };
    case 'restart':
      return onRestart({ kind: 'restart', asked: event.asked, held: event.held }, state);
    case 'released':
      return onReleased(goal, state);
    case 'abandoned':
      return goal.kind === 'restart' ? unchanged({ kind: 'down', asked: goal.asked }) : unchanged(goal);
    case 'changed':
      return goal.kind === 'restart' ? resume(goal, state) : unchanged(goal);
  }
}

/** The state machine refuses a start in STOPPING, so the previous goal stays. */
function onStart(goal: Goal, asked: Asked, state: ProcessState): GoalStep {
  return { goal: state.name === 'STOPPING' ? goal : { kind: 'up', asked }, command: 'start' };
}

function onRestart(goal: Goal & { kind: 'restart' }, state: ProcessState): GoalStep {
  if (isDown(state)) return resume(goal, state);
  return { goal, command: state.name === 'STOPPING' ? null : 'stop' };
}

function onReleased(goal: Goal, state: ProcessState): GoalStep {
  switch (goal.kind) {
    case 'restart':
      return onRestart({ ...goal, held: false }, state);
    case 'down':
      return { goal, command: 'stop' };
    default:
      return unchanged(goal);
  }
}

function resume(goal: Goal & { kind: 'restart' }, state: ProcessState): GoalStep {
  if (goal.held || !isDown(state)) return unchanged(goal);
  return { goal: { kind: 'up', asked: goal.asked }, command: 'start' };
}

function unchanged(goal: Goal): GoalStep {
  return { goal, command: null };
}
