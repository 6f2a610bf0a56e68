// What the daemon and the page tell each other, as JSON. Types only: the page is compiled from them too.

import type { Channel } from '../../config/channel.ts';
import type { ProcessStateName } from '../../events/types.ts';

export type StateName = ProcessStateName;
export type DaemonState = 'RUNNING' | 'RESTARTING' | 'SHUTDOWN' | 'FATAL';
export type { Channel };

/** Times are seconds of Unix time, 0 for never. */
export interface ServerView {
  readonly state: DaemonState;
  readonly version: string;
  readonly identifier: string;
  readonly hostname: string;
  readonly pid: number;
  readonly started: number;
  /** Of the machine's clock when this was written, for those whose clock differs. */
  readonly now: number;
  readonly configPath: string;
  readonly hasMainLog: boolean;
}

export type ExitView =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: string; readonly coreDumped: boolean };

export interface ProcessView {
  /** `group:name`, which no other has. */
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly state: StateName;
  /** 0 when there is none. */
  readonly pid: number;
  readonly started: number;
  readonly stopped: number;
  /** Why it is not running; empty when there is nothing to tell. */
  readonly problem: string;
  /** How often it was started again. */
  readonly restarts: number;
  readonly lastExit: ExitView | null;
  readonly logs: readonly Channel[];
  readonly goal: GoalView;
}

/** What was last asked of a process. `by`: who asked, as text, but null for the configuration. `at`: seconds of Unix time. */
export type GoalView =
  | { readonly kind: 'none' }
  | { readonly kind: 'up' | 'down' | 'restart'; readonly by: string | null; readonly at: number };

/** CPU in percent of one core, memory in bytes; both of the process and all its descendants. */
export type UsageRow = readonly [id: string, cpu: number, memory: number];

export interface UsageSample {
  readonly load: readonly number[];
  readonly rows: readonly UsageRow[];
}

/** What `ui/feed` sends, by event name. `all` replaces everything there is. */
export interface FeedEvents {
  readonly all: { readonly server: ServerView; readonly processes: readonly ProcessView[] };
  readonly processes: readonly ProcessView[];
  readonly server: ServerView;
  readonly usage: UsageSample;
}

export type Operation = 'start' | 'stop' | 'restart' | 'signal' | 'clear';

/** `targets`: `group:name`, `group:*`, or `*` for all. `signal` goes with the operation of that name. */
export interface OperationRequest {
  readonly operation: Operation;
  readonly targets: readonly string[];
  readonly signal?: string;
}

/** Lines of the answer to an operation: first the total, then one for each as it is finished. */
export type Progress =
  | { readonly total: number }
  | { readonly done: string }
  /** `fault`: the name of an XML-RPC fault. `detail`: what more is known. */
  | { readonly failed: string; readonly fault: string; readonly detail: string }
  /** The configuration is not any more as it was shown. */
  | { readonly outdated: true };

export interface OptionChange {
  readonly option: string;
  /** Null: not there. */
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

/** When something is refused as a whole. */
export interface Refusal {
  readonly error: string;
  readonly fault?: string;
}

export interface OptionView {
  readonly key: string;
  readonly value: string;
  /** As it stands in the file, where that differs. */
  readonly written: string | null;
  /** Null: the default. */
  readonly source: { readonly file: string; readonly line: number } | null;
  /** The file says something else by now. */
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
  /** Of a process that does not run, and should. */
  readonly lastOutput: LastOutput | null;
  /** As in the file: `program:web`; null when it cannot be found there. */
  readonly section: string | null;
  /** Why the file could not be read again; empty when it could. */
  readonly trouble: string;
  readonly options: readonly OptionView[];
  readonly events: readonly TimelineEvent[];
}

/** A piece of a log. `file` tells the files of a rotated log apart; offsets are bytes in it. */
export interface LogPiece {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What `ui/log/follow` sends. `skipped`: bytes before it that came too fast to be shown. */
export interface LogEvents {
  readonly piece: LogPiece & { readonly skipped: number };
  /** `lost`: rotated, and files in between are gone. */
  readonly fresh: { readonly why: 'rotated' | 'lost' | 'truncated' };
}
