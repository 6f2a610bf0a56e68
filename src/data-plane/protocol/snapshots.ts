// The state of a worker as it is sent to the main thread when the worker is frozen, and to the worker that continues.
// Serialisable as JSON: bytes are Base64, descriptors are numbers, times are milliseconds of CLOCK_MONOTONIC.
// docs/decisions/snapshots.md lists what is not in it and why.
import type { PoolSnapshot } from '../../events/pool.ts';
import type { CaptureSnapshot } from '../../logs/capture.ts';
import type { LineBufferSnapshot } from '../../logs/line-buffer.ts';
import type { LineFormatterSnapshot } from '../../logs/line-formatter.ts';
import type { LogTargetSnapshot } from '../../logs/log-target.ts';
import type { AnsiState } from '../../logs/strip-ansi.ts';
import type { LineMatcherSnapshot } from '../../regex/line-matcher.ts';
import type { StreamSettings } from './messages.ts';
import type { OpenPoolCommand } from './pool-commands.ts';
import type { StdinPipeSnapshot } from './stdin-pipe.ts';

export interface WorkerSnapshot {
  readonly logs: LogTableSnapshot;
  readonly pools: readonly OpenPoolSnapshot[];
  readonly streams: readonly ChildStreamSnapshot[];
  /** Bytes dropped by syslog; null while none are. */
  readonly syslogDropped: number | null;
}

export interface LogTableSnapshot {
  readonly open: readonly OpenLogSnapshot[];
  /** Without a reference, but with bytes that a slow reader has not taken yet. */
  readonly released: readonly SharedLogSnapshot[];
}

export interface SharedLogSnapshot {
  /** The number of the Log that opened it, which may be released by now. */
  readonly id: number;
  readonly path: string | null;
  readonly target: LogTargetSnapshot;
}

export interface OpenLogSnapshot extends SharedLogSnapshot {
  /** Its Logs. */
  readonly numbers: readonly number[];
}

export interface ChildStreamSnapshot {
  readonly stream: number;
  readonly forward: boolean;
  readonly settings: StreamSettings;
  /** The id of its log. */
  readonly log: number | null;
  /** Null for what its settings do not ask for. */
  readonly stripper: AnsiState | null;
  readonly capture: CaptureSnapshot | null;
  readonly formatter: LineFormatterSnapshot | null;
  /** When the partial record of the formatter was last added to. */
  readonly recordSince: number;
  readonly lines: LineBufferSnapshot | null;
  readonly matcher: LineMatcherSnapshot | null;
}

export interface OpenPoolSnapshot {
  readonly opening: OpenPoolCommand;
  readonly pool: PoolSnapshot;
  readonly listeners: Readonly<Record<string, ListenerSnapshot>>;
  /** The log for the output of the result handler. */
  readonly output: number | null;
}

export interface ListenerSnapshot {
  readonly running: boolean;
  /** The stream of its stdout, and its stdin: null when it has closed it. */
  readonly connection: { readonly stream: number; readonly stdin: StdinPipeSnapshot | null } | null;
}
