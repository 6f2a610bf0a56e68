// The lifecycle of a process as a value: states, their codes for clients, their deadlines.
import type { AutoRestart } from '../config/config.ts';

/** Times are milliseconds of a monotonic clock. */
export type ProcessState =
  | { readonly name: 'STOPPED' }
  /** `pid` is null between the decision to spawn and the spawn. */
  | { readonly name: 'STARTING'; readonly pid: number | null }
  | { readonly name: 'RUNNING'; readonly pid: number }
  | { readonly name: 'BACKOFF'; readonly retryAt: number }
  | { readonly name: 'STOPPING'; readonly pid: number; readonly killAt: number }
  /** `restartAt` is null when it stays down. */
  | { readonly name: 'EXITED'; readonly restartAt: number | null }
  | { readonly name: 'FATAL' }
  /** A signal failed: what the child does is unknown. */
  | { readonly name: 'UNKNOWN'; readonly pid: number };

export type StateName = ProcessState['name'];

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
  /** Exit code of the last child, -1 for a signal, 0 while there is none. */
  readonly exitStatus: number;
  /** Why it is not running, as clients see it; empty without a reason. */
  readonly spawnError: string;
  /** Set while the supervisor shuts down or restarts: no further start. */
  readonly startForbidden: boolean;
}

/** What the configuration says about start, stop and restart. */
export interface RestartPolicy {
  readonly name: string;
  readonly startMs: number;
  readonly startretries: number;
  readonly autorestart: AutoRestart;
  readonly exitcodes: readonly number[];
  readonly stopMs: number;
}

export const neverStarted: Lifecycle = {
  state: { name: 'STOPPED' },
  failures: 0,
  startedAt: null,
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
      return life.state.pid === null ? null : (life.startedAt ?? 0) + policy.startMs;
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
