// Commands from the main thread to a worker, and events back. The main thread numbers logs, streams, requests and
// queries.
import type { LineStyle, Rotation } from '../../config/config.ts';
import type { CompressedCopy } from '../../logs/compressed-copy.ts';
import type { LineSource } from '../../logs/line-formatter.ts';
import type { Sink } from '../../logs/sink.ts';
import type { ListenerEnd, PoolCommand, PoolEvent } from './pool-commands.ts';
import type { WorkerSnapshot } from './snapshots.ts';

/** The first message to a worker. Commands follow on `port`, announced by `wakeFd`, an eventfd. */
export interface WorkerStart {
  readonly port: MessagePort;
  readonly wakeFd: number;
  readonly disk: SharedArrayBuffer;
}

export type Command =
  | {
      readonly do: 'openLog';
      readonly log: number;
      /** Open already; null when the worker opens it and replies in SharedIoState. */
      readonly fd: number | null;
      /** Absolute. */
      readonly path: string;
      /** Mode of a created file. */
      readonly mode: number;
      readonly writer: number | null;
      readonly rotation: Rotation;
    }
  | { readonly do: 'openSink'; readonly log: number; readonly sink: Sink }
  | { readonly do: 'write'; readonly log: number; readonly data: string | Uint8Array }
  | { readonly do: 'clearLog' | 'reopenLog' | 'rotateLog'; readonly log: number; readonly request: number }
  | { readonly do: 'releaseLog'; readonly log: number }
  | AttachCommand
  | { readonly do: 'drain'; readonly stream: number; readonly request: number }
  /** Ends a stream that awaits a newline; any other one is no longer matched. */
  | { readonly do: 'stopAwaiting'; readonly stream: number }
  /** Back-pressure: this many forwarded bytes were consumed. */
  | { readonly do: 'consumed'; readonly bytes: number }
  /** `watch`: the number of the watch, which its event tells. */
  | { readonly do: 'watchWritable' | 'watchReadable'; readonly fd: number; readonly watch: number }
  | { readonly do: 'forgetWritable' | 'forgetReadable'; readonly fd: number }
  | { readonly do: 'watchLog' | 'forgetLog'; readonly path: string }
  | PoolCommand
  | CompressionCommand
  | { readonly do: 'statFiles'; readonly paths: readonly string[]; readonly query: number }
  | { readonly do: 'expectDescriptors'; readonly count: number }
  /** The first command of a worker that continues another one. */
  | { readonly do: 'restore'; readonly snapshot: WorkerSnapshot; readonly request: number }
  /** Ends the worker as it is, with all its descriptors open. Replied to by `frozen`, its last event. */
  | { readonly do: 'freeze' }
  | { readonly do: 'collectGarbage' | 'ping' | 'flush' | 'stop'; readonly request: number };

/** One output stream of a child, and what is done with its bytes. */
export interface StreamSettings {
  /** The non-blocking read end of a pipe; the worker owns it and closes it at EOF. */
  readonly fd: number;
  /** The prefix of each line in syslog; null without syslog. */
  readonly syslogName: string | null;
  readonly stripAnsi: boolean;
  /** 0 = off. */
  readonly captureMaxBytes: number;
  /** True: read at once instead of coalescing small writes. */
  readonly prompt: boolean;
  /** Null writes the bytes as they are. */
  readonly lines: Lines | null;
  /** Set for the stdout of an event listener: its pool gets every chunk and owns the descriptor in it. */
  readonly listener: ListenerEnd | null;
  /** What to report once with `matched`; null for nothing. */
  readonly awaits: Awaited | null;
}

export type Awaited =
  /** A whole line that this expression matches (src/regex). */
  | { readonly kind: 'line'; readonly expression: string }
  /** A newline; after it the stream is closed. */
  | { readonly kind: 'newline' };

export interface AttachCommand {
  readonly do: 'attach';
  readonly stream: number;
  readonly log: number | null;
  /** Whether the main thread gets every chunk. */
  readonly forward: boolean;
  readonly settings: StreamSettings;
}

/** The style of lines in the log, and the source they name. */
export interface Lines {
  readonly style: LineStyle;
  readonly source: LineSource;
}

/** Facts about a regular file; null for anything else or a missing file. */
export type FileFacts = { readonly device: number; readonly inode: number; readonly bytes: number } | null;

/** Commands of the compressor to the worker that rotates the log at `path`; only that worker uses the files' names. */
export type CompressionCommand =
  /** Replied to by `copyBegun`. */
  | {
      readonly do: 'beginCopy';
      readonly path: string;
      readonly backups: number;
      readonly writer: number | null;
      readonly query: number;
    }
  | {
      readonly do: 'finishCopy';
      readonly path: string;
      readonly backups: number;
      readonly copy: CompressedCopy;
      readonly suffix: string;
      readonly request: number;
    }
  | { readonly do: 'abandonCopy'; readonly path: string; readonly request: number };

export type WorkerEvent =
  | { readonly is: 'data' | 'captured'; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly is: 'matched' | 'ended'; readonly stream: number }
  | { readonly is: 'done'; readonly request: number; readonly errno: number }
  | { readonly is: 'files'; readonly query: number; readonly files: readonly FileFacts[] }
  | PoolEvent
  | { readonly is: 'writable' | 'readable'; readonly fd: number; readonly watch: number }
  /** The log at `path` was appended to, rotated or cleared. Edge: sent again only after the next watchLog. */
  | { readonly is: 'logChanged'; readonly path: string }
  /** There may be backups to compress. */
  | {
      readonly is: 'rotated';
      readonly path: string;
      readonly rotation: Rotation;
      readonly writer: number | null;
    }
  /** The errno when a backup cannot be compressed; null when there is none. */
  | { readonly is: 'copyBegun'; readonly query: number; readonly copy: CompressedCopy | number | null }
  | { readonly is: 'frozen'; readonly snapshot: WorkerSnapshot }
  /** A descriptor for another thread to close, because it takes long: the last one of a large file. */
  | { readonly is: 'discarded'; readonly fd: number }
  | { readonly is: 'trouble'; readonly message: string }
  /** Its last event: the loop has thrown, and the thread exits. */
  | { readonly is: 'failed'; readonly reason: string }
  /** The worker is about to access a disk. Throttled to one per activeIntervalMs. */
  | { readonly is: 'active' };

export const activeIntervalMs = 5000;
