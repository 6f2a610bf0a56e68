// The JSON exchanged by the daemon and the page. Types only: the page is compiled from them, too.

import type { Channel } from '../../config/channel.ts';
import type { ProcessStateName } from '../../events/types.ts';

export type StateName = ProcessStateName;
export type DaemonState = 'RUNNING' | 'RESTARTING' | 'SHUTDOWN' | 'FATAL';
export type { Channel };
/** Of `depends_on`. */
export type Condition = 'started' | 'ready' | 'healthy' | 'completed' | 'ended';

/** Times are seconds of Unix time, 0 for never. */
export interface ServerView {
  readonly state: DaemonState;
  readonly version: string;
  readonly identifier: string;
  readonly hostname: string;
  readonly pid: number;
  readonly started: number;
  /** The machine's clock when this was sent, for clients whose clock differs. */
  readonly now: number;
  readonly configPath: string;
  readonly hasMainLog: boolean;
}

export type ExitView =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: string; readonly coreDumped: boolean };

export interface ProcessView {
  /** `group:name`, unique. */
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly state: StateName;
  /** 0 if not running. */
  readonly pid: number;
  readonly started: number;
  readonly stopped: number;
  /** Why it is not running; empty if there is nothing to report. */
  readonly problem: string;
  /** What it last said about itself (ready=notify); empty for nothing. */
  readonly statusText: string;
  readonly reloading: boolean;
  /** Number of restarts. */
  readonly restarts: number;
  readonly lastExit: ExitView | null;
  readonly logs: readonly Channel[];
  readonly goal: GoalView;
  /** Missing unless it is a one-shot that has done its work. */
  readonly completed?: true;
  /** Missing unless it waits for its dependencies. */
  readonly waiting?: readonly NeedView[];
  /** Missing unless it is starting and has to show that it is ready: why it is not. */
  readonly hindrance?: string;
  /** Missing unless it is running and its last health check failed: why. */
  readonly unhealthy?: string;
  /** Missing if it neither depends on others nor others on it. */
  readonly start?: StartView;
}

/** A dependency that is not met. */
export interface NeedView {
  readonly name: string;
  readonly condition: Condition;
  /** The state of a process that will not meet it without a request, or `missing`. */
  readonly stuck?: string;
  /** Missing unless the last health check of that process failed: why. */
  readonly failure?: string;
}

/** The last start of a process, and what it is to those that depend on it. */
export interface StartView {
  /** Seconds of Unix time; null if it was never started. */
  readonly requested: number | null;
  /** For how long it waited, in seconds; null while it waits, and when it is down. */
  readonly waited: number | null;
  /** How long it then took to be ready or, for a one-shot, to complete; null until then, and when it is down. */
  readonly took: number | null;
  /** The conditions that it meets now. */
  readonly meets: readonly Condition[];
}

/** How the start of all programs went. */
export interface BootView {
  /** Processes that were started with the daemon, and not again since. */
  readonly started: number;
  /** Those of them that have been ready. */
  readonly readyCount: number;
  /** Seconds from the beginning until the last process was ready; null if none was. */
  readonly ready: number | null;
  /** Nothing is starting any more. */
  readonly isOver: boolean;
  /** Ids, from the process that was ready last back to one that did not wait. */
  readonly chain: readonly string[];
}

/** Which active processes depend on which. */
export interface OrderView {
  /** In the order of start. */
  readonly units: readonly UnitView[];
  /** What the names in the options stand for. */
  readonly targets: readonly TargetView[];
}

/** Processes of one program that depend on the same. */
export interface UnitView {
  readonly name: string;
  /** Ids of processes. */
  readonly ids: readonly string[];
  /** 0: it depends on nothing; otherwise one more than the highest lane that it depends on. */
  readonly lane: number;
  readonly oneshot: boolean;
  /** `target`: its index. `condition` null: completed for one-shots, else ready. */
  readonly needs: readonly { readonly target: number; readonly condition: Condition | null }[];
  /** Indexes of targets. */
  readonly stopsWith: readonly number[];
  readonly restartsWith: readonly number[];
}

export interface TargetView {
  /** As written. */
  readonly name: string;
  readonly ids: readonly string[];
}

/**
 * What was last asked of a process. `by`: the requester as text, null for the configuration. `at`: seconds of Unix
 * time.
 */
export type GoalView =
  | { readonly kind: 'none' }
  | { readonly kind: 'up' | 'down' | 'restart'; readonly by: string | null; readonly at: number };

/** CPU in percent of one core, memory in bytes; both include all descendants. */
export type UsageRow = readonly [id: string, cpu: number, memory: number];

export interface UsageSample {
  readonly load: readonly number[];
  readonly rows: readonly UsageRow[];
}

/** Events of `ui/feed`, by name. `all` replaces the whole state; it has no `order` without dependencies. */
export interface FeedEvents {
  readonly all: {
    readonly server: ServerView;
    readonly processes: readonly ProcessView[];
    readonly order?: OrderView;
  };
  readonly processes: readonly ProcessView[];
  readonly server: ServerView;
  readonly usage: UsageSample;
}

export type Operation = 'start' | 'stop' | 'restart' | 'signal' | 'clear';

/** `targets`: `group:name`, `group:*`, or `*` for all. `signal` is required by the operation of that name. */
export interface OperationRequest {
  readonly operation: Operation;
  readonly targets: readonly string[];
  readonly signal?: string;
}

/** Response lines of an operation: first the total, then one for each process as it finishes. */
export type Progress =
  | { readonly total: number }
  | { readonly done: string }
  /** `fault`: the name of an XML-RPC fault. `detail`: additional information. */
  | { readonly failed: string; readonly fault: string; readonly detail: string }
  /** The configuration has changed since it was shown. */
  | { readonly outdated: true };

export interface OptionChange {
  readonly option: string;
  /** Null: does not exist. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface ProcessChange {
  readonly process: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly options: readonly OptionChange[];
}

export interface GroupChange {
  readonly group: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly options: readonly OptionChange[];
  readonly processes: readonly ProcessChange[];
}

export type UpdatePlan =
  | { readonly kind: 'plan'; readonly token: string; readonly changes: readonly GroupChange[] }
  | { readonly kind: 'broken'; readonly message: string; readonly file: string; readonly line: number };

/** The request as a whole was refused. */
export interface Refusal {
  readonly error: string;
  readonly fault?: string;
}

export interface OptionView {
  readonly key: string;
  readonly value: string;
  /** The value as written, if it differs. */
  readonly written: string | null;
  /** Null: the default. */
  readonly source: { readonly file: string; readonly line: number } | null;
  /** The value has changed in the file since it was read. */
  readonly outdated: boolean;
  readonly help: { readonly en: string; readonly zh: string };
}

export interface TimelineEvent {
  /** Milliseconds of Unix time. */
  readonly at: number;
  readonly from: StateName;
  readonly state: StateName;
  readonly exit: ExitView | null;
  readonly problem: string;
}

export interface LastOutput {
  readonly channel: Channel;
  readonly text: string;
}

export interface ProcessDetails {
  /** Of a process that is not running but should be. */
  readonly lastOutput: LastOutput | null;
  /** As in the file: `program:web`; null if it is not found there. */
  readonly section: string | null;
  /** Why the file could not be reread; empty if it could. */
  readonly trouble: string;
  readonly options: readonly OptionView[];
  readonly events: readonly TimelineEvent[];
}

/** Part of a log. `file` distinguishes the files of a rotated log; offsets are bytes in that file. */
export interface LogPiece {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Events of `ui/log/follow`. `skipped`: bytes before it that were dropped by the throttle. */
export interface LogEvents {
  readonly piece: LogPiece & { readonly skipped: number };
  /** `lost`: rotated, and files in between are gone. */
  readonly fresh: { readonly why: 'rotated' | 'lost' | 'truncated' };
}
