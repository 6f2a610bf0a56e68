// What the control plane asks of the data plane, and what comes back. Numbers of logs and streams are given by the asker.
import type { LineStyle, Rotation } from '../../config/config.ts';
import type { CompressedCopy } from '../../logs/compressed-copy.ts';
import type { LineSource } from '../../logs/line-formatter.ts';
import type { Sink } from '../../logs/sink.ts';
import type { ListenerEnd, PoolCommand, PoolEvent } from './pool-commands.ts';

export type Command =
  | {
      readonly do: 'openLog';
      readonly log: number;
      /** Opened already; null to open it, and to answer (DiskWait). */
      readonly fd: number | null;
      /** Absolute. */
      readonly path: string;
      /** Permissions of a file that is created. */
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
  /** So many bytes of what was forwarded were looked at. */
  | { readonly do: 'consumed'; readonly bytes: number }
  | { readonly do: 'watchWritable' | 'forgetWritable'; readonly fd: number }
  | { readonly do: 'watchLog' | 'forgetLog'; readonly path: string }
  | PoolCommand
  | CompressionCommand
  | { readonly do: 'lookAtFiles'; readonly paths: readonly string[]; readonly look: number }
  | { readonly do: 'expectDescriptors'; readonly count: number }
  | { readonly do: 'ping' | 'flush' | 'stop'; readonly request: number };

/** One output stream of a child, and what is done with its bytes. */
export interface StreamSettings {
  /** The non-blocking read end of a pipe; it is the worker's from here on, and closed at its end. */
  readonly fd: number;
  /** The name before each line in syslog; null without syslog. */
  readonly syslogName: string | null;
  readonly stripAnsi: boolean;
  /** 0 = off. */
  readonly captureMaxBytes: number;
  /** True: never wait for more output to gather. */
  readonly prompt: boolean;
  /** Null writes the bytes as they are. */
  readonly lines: Lines | null;
  /** Set for the stdout of an event listener: its pool takes every chunk, and owns the descriptor in it. */
  readonly listener: ListenerEnd | null;
}

export interface AttachCommand {
  readonly do: 'attach';
  readonly stream: number;
  readonly log: number | null;
  /** Whether the control plane gets every chunk. */
  readonly forward: boolean;
  readonly settings: StreamSettings;
}

/** What the lines in the log look like, and what they tell of where they come from. */
export interface Lines {
  readonly style: LineStyle;
  readonly source: LineSource;
}

/** What a regular file is; null for anything else, and for what is not there. */
export type FileFacts = { readonly device: number; readonly inode: number; readonly bytes: number } | null;

/** What the compressor asks of the thread that rotates the log at `path`, which alone touches the files by their names. */
export type CompressionCommand =
  /** Answered by `copyBegun`. */
  | {
      readonly do: 'beginCopy';
      readonly path: string;
      readonly backups: number;
      readonly writer: number | null;
      readonly look: number;
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
  | { readonly is: 'ended'; readonly stream: number }
  | { readonly is: 'done'; readonly request: number; readonly errno: number }
  | { readonly is: 'files'; readonly look: number; readonly files: readonly FileFacts[] }
  | PoolEvent
  | { readonly is: 'writable'; readonly fd: number }
  /** Bytes were added to the log at `path`, or it was rotated or emptied. Told again after the next watchLog. */
  | { readonly is: 'logChanged'; readonly path: string }
  /** There are old files that should be compressed. */
  | {
      readonly is: 'rotated';
      readonly path: string;
      readonly rotation: Rotation;
      readonly writer: number | null;
    }
  /** An error number when there is something to compress that cannot be. */
  | { readonly is: 'copyBegun'; readonly look: number; readonly copy: CompressedCopy | number | null }
  /** A descriptor to be closed off this thread, which takes time: the last one of a large file. */
  | { readonly is: 'discarded'; readonly fd: number }
  | { readonly is: 'trouble'; readonly message: string }
  /** It is about to ask something of a disk. Told at most every activeIntervalMs. */
  | { readonly is: 'active' };

export const activeIntervalMs = 5000;
