// The configuration as the rest of the program sees it: typed, complete, checked once.
// Nothing here knows of files or text; `load.ts` makes it, `diff.ts` compares two of them.

import type { UserIdentity } from '../linux/credentials.ts';
import type { ValuesOf } from './options/option.ts';
import type { programExtensions } from './options/program-extensions.ts';
import type { ChildLogFile } from './values/paths.ts';

/** Where a value stands in the files; `line` counts from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
}

export type { UserIdentity };

export type LogLevel = 'critical' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'blather';

export type Compression = 'gzip' | 'zstd';

/** A time that comes again and again, local. `weekday`: 0 is Sunday; a month that lacks `day` has it on its last. */
export type RotationSchedule =
  | { readonly every: 'hour'; readonly minute: number }
  | { readonly every: 'day'; readonly hour: number; readonly minute: number }
  | { readonly every: 'week'; readonly weekday: number; readonly hour: number; readonly minute: number }
  | { readonly every: 'month'; readonly day: number; readonly hour: number; readonly minute: number };

/** When a log begins a new file, and what becomes of the old ones. */
export interface Rotation {
  /** At this size; 0 means never. */
  readonly maxBytes: number;
  /** So many old files are kept; 0 means that the log is emptied instead. */
  readonly backups: number;
  readonly schedule: RotationSchedule | null;
  readonly compression: Compression | null;
  /** Old files that were last written longer ago are removed. */
  readonly maxAgeSeconds: number | null;
}

/** What the lines of a log look like. */
export interface LineStyle {
  readonly format: 'raw' | 'json' | 'logfmt';
  /** As for strftime(3); null is none, or that of the format. */
  readonly timestamp: string | null;
}

export interface SupervisordConfig {
  /** Absolute path, or the word `syslog` or `journal`. */
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
}

interface ServerCommon {
  /** As in the file: `inet_http_server`, `unix_http_server:foo`. */
  readonly section: string;
  /** Null when anybody may enter. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** In lower case: how browsers know the server, beside the names and addresses that are its own. */
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
  /** -1 leaves the id as it is. */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** Who else than root and the daemon's own user may connect; null when everybody may whom the mode lets. */
  readonly allowedUids: readonly number[] | null;
}

export type ServerConfig = InetServerConfig | UnixServerConfig;

export interface RpcInterfaceConfig {
  readonly name: string;
  readonly factory: string;
  /** All other options of the section: the factory's arguments. The standard one takes none. */
  readonly options: Readonly<Record<string, string>>;
}

export type { ChildLogFile };

/** What becomes of one output stream of a process. */
export interface StreamConfig {
  readonly logfile: ChildLogFile;
  readonly rotation: Rotation;
  readonly lines: LineStyle;
  /** 0 = capture mode off. */
  readonly captureMaxBytes: number;
  readonly eventsEnabled: boolean;
  readonly syslog: boolean;
}

export type AutoRestart = 'always' | 'never' | 'unexpected';

/** Who is told of something, and how. */
export type HookTarget =
  /** Split as `command` is; gets the news as JSON on stdin. */
  | { readonly kind: 'command'; readonly command: string }
  /** Gets the news as JSON by POST. */
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'mail'; readonly address: string };

/** The options that the original does not have. */
export type ProgramExtensions = ValuesOf<typeof programExtensions>;

/** One process of a program: every expansion done, every default filled in. */
export interface ProcessConfig {
  readonly name: string;
  /** Whose process it is: the name of the section after its colon. */
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
  /** Whatever is left in its cgroup ends with it. Without effect where it has none. */
  readonly killascgroup: boolean;
  readonly exitcodes: readonly number[];
  readonly user: UserIdentity | null;
  readonly redirectStderr: boolean;
  readonly stdout: StreamConfig;
  readonly stderr: StreamConfig;
  /** The program's own `environment=` merged over that of [supervisord]. */
  readonly environment: Readonly<Record<string, string>>;
  /** `auto`: the first unix server, else the last inet one; `empty`: the variable is not set. */
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
  /** Upper-case names as written, without repetitions. */
  readonly events: readonly string[];
  /** As it is named in the file, `module:function`. */
  readonly resultHandler: string;
}

export interface FastCgiGroupConfig extends GroupCommon {
  readonly kind: 'fastcgi';
  readonly socket:
    | {
        readonly kind: 'unix';
        readonly path: string;
        readonly mode: number;
        /** -1 leaves the id as it is. */
        readonly owner: { readonly uid: number; readonly gid: number };
      }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number };
  /** As in the file, for messages: `unix:///path` or `tcp://host:port`. */
  readonly socketUrl: string;
  readonly backlog: number | null;
}

export type GroupConfig = ProgramGroupConfig | EventListenerPoolConfig | FastCgiGroupConfig;

export interface Config {
  /** The path as it was given with -c, or as it was found. */
  readonly path: string;
  /** That path for whoever is in another directory by now. */
  readonly absolutePath: string;
  readonly supervisord: SupervisordConfig;
  /** All inet servers in file order, then all unix servers. */
  readonly servers: readonly ServerConfig[];
  readonly rpcInterfaces: readonly RpcInterfaceConfig[];
  /** Sorted by priority, then name; names are unique. */
  readonly groups: readonly GroupConfig[];
  /** Lines for the activity log, in the order they were found. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** What exactly is wrong, for those who want to show more than the message. */
export interface Offence {
  /** The option's section and key as written, when it is about one. */
  readonly section: string;
  readonly key: string;
  /** The value as it stands in the file. */
  readonly text: string;
  /** What may stand there instead. */
  readonly expected: Bilingual;
}

/** A text for people in both of our languages. */
export interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

/** What a value names and the machine does not have. */
export type Absence =
  /** `path` is absolute; `obstacle`: the file that stands where a directory of the path would be, null for none. */
  | { readonly kind: 'directory'; readonly path: string; readonly obstacle: string | null }
  /** Of `~name` in a path. */
  | { readonly kind: 'home'; readonly name: string }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'user-id'; readonly id: number };

/** A configuration that cannot be used; the message is the original's. */
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

  /** With the place, unless a more precise one is known already. */
  at(position: Position | null, offence: Offence | null = null): ConfigError {
    return new ConfigError(this.message, this.position ?? position, this.offence ?? offence, this.absence);
  }

  /** For the lack of `absence`. */
  static absent(message: string, absence: Absence): ConfigError {
    return new ConfigError(message, null, null, absence);
  }
}
