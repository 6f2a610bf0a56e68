// The lifecycle of a process as a value: states, their codes for clients, their deadlines.

import type { Condition } from '../../config/values/dependencies.ts';
import type { ProcessStateName } from '../../events/types.ts';
import type { RestartPolicy } from './restart-policy.ts';
import type { StartTimes } from './start-times.ts';

/** Times are milliseconds of a monotonic clock. */
export type ProcessState =
  | { readonly name: 'STOPPED' }
  | StartingState
  | { readonly name: 'RUNNING'; readonly pid: number }
  | { readonly name: 'BACKOFF'; readonly retryAt: number }
  /** `since`: when it was told to stop. */
  | { readonly name: 'STOPPING'; readonly pid: number; readonly since: number; readonly killAt: number }
  /** `restartAt` is null when it stays down. */
  | { readonly name: 'EXITED'; readonly restartAt: number | null }
  | { readonly name: 'FATAL' }
  /** A signal failed: what the child does is unknown. */
  | { readonly name: 'UNKNOWN'; readonly pid: number };

/** STARTING, by phase. */
export type StartingState =
  /** Its dependencies are not met. No event has announced STARTING yet; `from` is the state before. */
  | {
      readonly name: 'STARTING';
      readonly phase: 'waiting';
      readonly pid: null;
      readonly from: StateName;
      readonly since: number;
      readonly needs: readonly UnmetNeed[];
    }
  /** Between the decision to spawn and the spawn. */
  | { readonly name: 'STARTING'; readonly phase: 'spawning'; readonly pid: null }
  /** At `deadline` it becomes RUNNING, or has failed if it has to show that it is ready. */
  | {
      readonly name: 'STARTING';
      readonly phase: 'up';
      readonly pid: number;
      readonly deadline: number;
      /** Why it is not ready; empty if it need not show that it is. */
      readonly hindrance: string;
    }
  /** It did not become ready and is being stopped; the failed start is counted when it has ended. */
  | {
      readonly name: 'STARTING';
      readonly phase: 'failing';
      readonly pid: number;
      readonly killAt: number;
      readonly reason: string;
    };

/** A dependency that is not met. */
export interface UnmetNeed {
  /** As in `depends_on`, without the condition. */
  readonly name: string;
  readonly condition: Condition;
  /** The state of a process that will not meet it by itself; null while it may. */
  readonly stuck: StateName | 'missing' | null;
  /** Why the last health check of a process that is to be healthy failed; empty for none. */
  readonly failure: string;
}

/** Events name the states, too. */
export type StateName = ProcessStateName;

export const stateCodes: Readonly<Record<StateName, number>> = {
  STOPPED: 0,
  STARTING: 10,
  RUNNING: 20,
  BACKOFF: 30,
  STOPPING: 40,
  EXITED: 100,
  FATAL: 200,
  UNKNOWN: 1000,
};

export interface Lifecycle {
  readonly state: ProcessState;
  /** Consecutive failed attempts. */
  readonly failures: number;
  /** Time of the last spawn attempt; null before the first. */
  readonly startedAt: number | null;
  /** The last start that was requested or due; null before the first. */
  readonly start: StartTimes | null;
  /** When it was last RUNNING and no longer is; null if never. */
  readonly leftRunningAt: number | null;
  /** Exit code of the last child, -1 for a signal, 0 while there is none. */
  readonly exitStatus: number;
  /** Why it is not running, as clients see it; empty without a reason. */
  readonly spawnError: string;
  /** Set while the supervisor shuts down or restarts: no further start. */
  readonly startForbidden: boolean;
}

export const neverStarted: Lifecycle = {
  state: { name: 'STOPPED' },
  failures: 0,
  startedAt: null,
  start: null,
  leftRunningAt: null,
  exitStatus: 0,
  spawnError: '',
  startForbidden: false,
};

/** The pid of the current child, or null. */
export function pidOf(state: ProcessState): number | null {
  switch (state.name) {
    case 'STARTING':
    case 'RUNNING':
    case 'STOPPING':
    case 'UNKNOWN':
      return state.pid;
    default:
      return null;
  }
}

/** Its dependencies are not met. */
export function isWaiting(state: ProcessState): state is StartingState & { readonly phase: 'waiting' } {
  return state.name === 'STARTING' && state.phase === 'waiting';
}

/** A change that clients see, but no event of the original announces. */
export function isUnannounced(before: ProcessState, after: ProcessState): boolean {
  if (after.name !== 'STARTING') return false;
  if (after.phase === 'up') return before.name === 'STARTING' && before.phase === 'up';
  return after.phase !== 'spawning';
}

/** Down, with no start due: only a request starts it. */
export function isDown(state: ProcessState): boolean {
  return (
    state.name === 'STOPPED' ||
    state.name === 'FATAL' ||
    state.name === 'UNKNOWN' ||
    (state.name === 'EXITED' && state.restartAt === null)
  );
}

/** True when neither the removal of the group nor a shutdown has to wait for it. */
export function isStopped(state: ProcessState): boolean {
  return (
    state.name === 'STOPPED' || state.name === 'EXITED' || state.name === 'FATAL' || state.name === 'UNKNOWN'
  );
}

/** When the state changes without a further event; null when only an event can change it. */
export function deadlineOf(life: Lifecycle, policy: RestartPolicy): number | null {
  switch (life.state.name) {
    case 'STARTING':
      return deadlineOfStart(life.state, life, policy);
    case 'BACKOFF':
      return life.startForbidden ? null : life.state.retryAt;
    case 'STOPPING':
      return life.state.killAt;
    case 'EXITED':
      return life.state.restartAt;
    default:
      return null;
  }
}

function deadlineOfStart(
  state: StartingState,
  { startForbidden }: Lifecycle,
  { dependsMs }: RestartPolicy,
): number | null {
  switch (state.phase) {
    case 'waiting':
      return dependsMs === null || startForbidden ? null : state.since + dependsMs;
    case 'spawning':
      return null;
    case 'up':
      return state.deadline;
    case 'failing':
      return state.killAt;
  }
}
