// The configuration as the rest of the program uses it: typed, complete, validated once.
// Knows nothing of files or text; `load.ts` creates it, `diff.ts` compares two.

import type { UserIdentity } from '../linux/credentials.ts';
import type { ValuesOf } from './options/option.ts';
import type { programExtensions } from './options/program-extensions.ts';
import type { ChildLogFile } from './values/paths.ts';

/** A position in a file; `line` starts at 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
}

export type { UserIdentity };

export type LogLevel = 'critical' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'blather';

export type Compression = 'gzip' | 'zstd';

/** A recurring local time. `weekday`: 0 is Sunday; a month without `day` uses its last day. */
export type RotationSchedule =
  | { readonly every: 'hour'; readonly minute: number }
  | { readonly every: 'day'; readonly hour: number; readonly minute: number }
  | { readonly every: 'week'; readonly weekday: number; readonly hour: number; readonly minute: number }
  | { readonly every: 'month'; readonly day: number; readonly hour: number; readonly minute: number };

/** When a log is rotated and what happens to the rotated files. */
export interface Rotation {
  /** Rotate at this size; 0 means never. */
  readonly maxBytes: number;
  /** Number of rotated files to keep; 0 truncates the log instead. */
  readonly backups: number;
  readonly schedule: RotationSchedule | null;
  readonly compression: Compression | null;
  /** Rotated files that were last written longer ago are removed. */
  readonly maxAgeSeconds: number | null;
}

/** Format of the lines of a log. */
export interface LineStyle {
  readonly format: 'raw' | 'json' | 'logfmt';
  /** strftime(3) format; null for none or for the format's own. */
  readonly timestamp: string | null;
}

export interface SupervisordConfig {
  /** An absolute path, or the word `syslog` or `journal`. */
  readonly logfile:
    | { readonly kind: 'syslog' | 'journal' }
    | { readonly kind: 'file'; readonly path: string };
  readonly logRotation: Rotation;
  readonly logLines: LineStyle;
  readonly loglevel: LogLevel;
  readonly pidfile: string;
  readonly umask: number;
  readonly nodaemon: boolean;
  readonly silent: boolean;
  readonly minfds: number;
  readonly minprocs: number;
  readonly nocleanup: boolean;
  readonly childlogdir: string;
  readonly user: UserIdentity | null;
  readonly directory: string | null;
  readonly stripAnsi: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly identifier: string;
  /** The daemon ends when nothing runs any more. */
  readonly exitWhenDone: boolean;
}

interface ServerCommon {
  /** As written in the file: `inet_http_server`, `unix_http_server:foo`. */
  readonly section: string;
  /** Null if no password is required. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** Lower case: host names that browsers may use besides the machine's own names and addresses. */
  readonly allowedHosts: readonly string[];
}

export interface InetServerConfig extends ServerCommon {
  readonly kind: 'inet';
  /** Empty for all interfaces. */
  readonly host: string;
  readonly port: number;
}

export interface UnixServerConfig extends ServerCommon {
  readonly kind: 'unix';
  readonly path: string;
  readonly mode: number;
  /** -1 leaves the id unchanged. */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** Users that may connect besides root and the daemon's own user; null leaves it to the socket's mode. */
  readonly allowedUids: readonly number[] | null;
}

export type ServerConfig = InetServerConfig | UnixServerConfig;

export interface RpcInterfaceConfig {
  readonly name: string;
  readonly factory: string;
  /** All other options of the section: arguments of the factory. The standard factory takes none. */
  readonly options: Readonly<Record<string, string>>;
}

export type { ChildLogFile };

/** Where one output stream of a process goes. */
export interface StreamConfig {
  readonly logfile: ChildLogFile;
  readonly rotation: Rotation;
  readonly lines: LineStyle;
  /** 0 turns capture mode off. */
  readonly captureMaxBytes: number;
  readonly eventsEnabled: boolean;
  readonly syslog: boolean;
}

export type AutoRestart = 'always' | 'never' | 'unexpected';

/** Whom to notify of an event, and how. */
export type HookTarget =
  /** Split like `command`; receives the event as JSON on stdin. */
  | { readonly kind: 'command'; readonly command: string }
  /** Receives the event as a JSON POST. */
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'mail'; readonly address: string };

/** Options that the original does not have. */
export type ProgramExtensions = ValuesOf<typeof programExtensions>;

/** One process of a program, fully expanded, with all defaults filled in. */
export interface ProcessConfig {
  readonly name: string;
  /** Section name after the colon. */
  readonly program: string;
  readonly command: string;
  readonly directory: string | null;
  readonly umask: number | null;
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: AutoRestart;
  readonly startsecs: number;
  readonly startretries: number;
  readonly stopsignal: number;
  readonly stopwaitsecs: number;
  readonly stopasgroup: boolean;
  readonly killasgroup: boolean;
  /** Kills whatever is left in its cgroup when the process ends. No effect without a cgroup. */
  readonly killascgroup: boolean;
  readonly exitcodes: readonly number[];
  readonly user: UserIdentity | null;
  readonly redirectStderr: boolean;
  readonly stdout: StreamConfig;
  readonly stderr: StreamConfig;
  /** The program's `environment=` merged over that of [supervisord]. */
  readonly environment: Readonly<Record<string, string>>;
  /** `auto`: the first unix server, else the last inet server; `empty`: the variable is not set. */
  readonly serverurl: { readonly kind: 'auto' | 'empty' } | { readonly kind: 'url'; readonly url: string };
  readonly extensions: ProgramExtensions;
}

interface GroupCommon {
  readonly name: string;
  readonly priority: number;
  /** In stored order (see compat: sections by name, [group:x] by its programs list). */
  readonly processes: readonly ProcessConfig[];
}

export interface ProgramGroupConfig extends GroupCommon {
  readonly kind: 'programs';
}

export interface EventListenerPoolConfig extends GroupCommon {
  readonly kind: 'eventlistener';
  readonly bufferSize: number;
  /** Upper-case names as written, without duplicates. */
  readonly events: readonly string[];
  /** As written in the file: `module:function`. */
  readonly resultHandler: string;
}

export interface FastCgiGroupConfig extends GroupCommon {
  readonly kind: 'fastcgi';
  readonly socket:
    | {
        readonly kind: 'unix';
        readonly path: string;
        readonly mode: number;
        /** -1 leaves the id unchanged. */
        readonly owner: { readonly uid: number; readonly gid: number };
      }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number };
  /** As written, for messages: `unix:///path` or `tcp://host:port`. */
  readonly socketUrl: string;
  readonly backlog: number | null;
}

export type GroupConfig = ProgramGroupConfig | EventListenerPoolConfig | FastCgiGroupConfig;

export interface Config {
  /** The path given with -c, or the one that was found. */
  readonly path: string;
  /** The same path made absolute, valid after a change of directory. */
  readonly absolutePath: string;
  readonly supervisord: SupervisordConfig;
  /** All inet servers in file order, then all unix servers. */
  readonly servers: readonly ServerConfig[];
  readonly rpcInterfaces: readonly RpcInterfaceConfig[];
  /** Sorted by priority, then name; names are unique. */
  readonly groups: readonly GroupConfig[];
  /** Lines for the activity log, in the order in which they were found. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Details of an error, for callers that show more than its message. */
export interface Offence {
  /** Section and key of the option as written, if the error is about one. */
  readonly section: string;
  readonly key: string;
  /** The value as it is in the file. */
  readonly text: string;
  /** What the option accepts. */
  readonly expected: Bilingual;
  /** The message without section and file, where it is not one of the original's. */
  readonly message?: Bilingual;
}

/** A message in both languages of the user interface. */
export interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

/** Something that a value names and the machine lacks. */
export type Absence =
  /** `path` is absolute; `obstacle`: the file in place of one of its directories, null if there is none. */
  | { readonly kind: 'directory'; readonly path: string; readonly obstacle: string | null }
  /** `~name` in a path. */
  | { readonly kind: 'home'; readonly name: string }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'user-id'; readonly id: number };

/** The configuration cannot be used; the message is the original's. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(
    message: string,
    readonly position: Position | null = null,
    readonly offence: Offence | null = null,
    readonly absence: Absence | null = null,
  ) {
    super(message);
  }

  withMessage(message: string): ConfigError {
    return new ConfigError(message, this.position, this.offence, this.absence);
  }

  /** Adds the position unless a more precise one is known. */
  at(position: Position | null, offence: Offence | null = null): ConfigError {
    return new ConfigError(this.message, this.position ?? position, this.offence ?? offence, this.absence);
  }

  /** An error caused by `absence`. */
  static absent(message: string, absence: Absence): ConfigError {
    return new ConfigError(message, null, null, absence);
  }
}
