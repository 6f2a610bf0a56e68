// The result of one step of the state machine: the new life, and effects that the caller performs in order.
import type { Lifecycle, StateName } from './process-state.ts';

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

export function then(first: Step, second: Step): Step {
  return { life: second.life, effects: [...first.effects, ...second.effects] };
}

export function unchanged(life: Lifecycle): Step {
  return { life, effects: [] };
}

export function log(level: 'critical' | 'warn' | 'info' | 'debug', message: string): Effect {
  return { do: 'log', level, message };
}

export function announce(change: StateChange): Effect {
  return { do: 'announce', change };
}
