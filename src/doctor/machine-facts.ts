// A machine as the doctor sees it: facts alone, gathered once. The checks know nothing else.
import type { ProcessInfo } from '../client/process-info.ts';
import type { Config } from '../config/config.ts';
import type { Diagnostic } from '../config/diagnostic.ts';
import { serviceConfigPaths } from '../config/locate-config.ts';
import type { OpenToOthers } from '../linux/guarded-path.ts';
import { shellWord } from './finding.ts';

export interface View {
  readonly configuration: ConfigurationView;
  /** Running in our process namespace. */
  readonly daemons: readonly DaemonView[];
  /** The pid that stands in the configured pidfile; null when there is none. */
  readonly pidfilePid: number | null;
  readonly unixServers: readonly UnixServerView[];
  readonly inetServers: readonly InetServerView[];
  readonly answer: AnswerView;
  readonly programs: readonly ProgramView[];
  readonly orphans: readonly OrphanView[];
  readonly places: readonly PlaceView[];
  readonly limits: LimitsView;
  /** Null where systemd does not run. */
  readonly units: readonly UnitView[] | null;
}

export type ConfigurationView =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'found';
      readonly path: string;
      /** Null when it cannot be read at all; with mistakes, defaults stand for what is wrong. */
      readonly config: Config | null;
      /** What a daemon would refuse. */
      readonly mistakes: readonly Diagnostic[];
    };

export interface DaemonView {
  readonly pid: number;
  readonly uid: number;
  /** As it was started, the words separated by blanks. */
  readonly commandLine: string;
  /** Of its configuration; null when that cannot be told. Symbolic links are resolved. */
  readonly configPath: string | null;
  /** Of root or of us. Another user's may have been given a path that is a trap: no remedy acts on it. */
  readonly isTrusted: boolean;
  /** Its executable was replaced since it started, as by an upgrade. */
  readonly isReplaced: boolean;
}

export interface UnixServerView {
  readonly section: string;
  readonly path: string;
  /** What happened when we connected: null when it worked, else the errno's name. */
  readonly failure: string | null;
  /** Who listens there; null when nobody does. */
  readonly listenerPid: number | null;
  /** `mode 0700, root:root`; empty when it is not there or cannot be seen. */
  readonly mode: string;
  readonly isSocket: boolean;
  readonly directoryExists: boolean;
}

export interface InetServerView {
  readonly section: string;
  readonly host: string;
  readonly port: number;
  /** Whether the host is an address of this machine, or a name for one. */
  readonly isHere: boolean;
  /** Who listens on that port; null when nobody does. */
  readonly holder: PortHolder | null;
}

export interface PortHolder {
  readonly uid: number;
  /** Null when we may not see it. */
  readonly pid: number | null;
  readonly commandLine: string;
}

/** What became of a question to the server. `silent`: it took the connection and says nothing. */
export type AnswerView =
  | { readonly kind: 'answered'; readonly pid: number; readonly url: string }
  | { readonly kind: 'unreachable' | 'silent' | 'unauthorized' | 'strange'; readonly url: string };

export interface ProgramView {
  readonly info: ProcessInfo;
  /** From the configuration; null when it is not there. */
  readonly command: string | null;
  readonly user: string | null;
  readonly directory: string | null;
  readonly startsecs: number;
  /** The last lines of its error output. */
  readonly lastWords: readonly string[];
  /** How it ended last, in the words of the activity log: `exit status 0`; null when that is not known. */
  readonly lastExit: string | null;
  /** How often it ended unexpectedly in the minute before its last end; 0 when it has run for longer since. */
  readonly recentEnds: number;
  /** Processes that it left behind and that run on without anybody's supervision. */
  readonly survivors: readonly { readonly pid: number; readonly commandLine: string }[];
}

/** Started by an earlier daemon of this configuration, and nobody's child. */
export interface OrphanView {
  readonly pid: number;
  readonly process: string;
  readonly commandLine: string;
}

/** A file that the daemon writes. */
export interface PlaceView {
  /** What it is: `logfile`, `stdout_logfile of x`. */
  readonly purpose: string;
  readonly path: string;
  readonly directory: string;
  /** Why it cannot be written by `writer`; null when it can, or when we cannot know. */
  readonly problem: 'missing' | 'directory' | 'denied' | 'read-only' | null;
  /** What is in the way: the directory, or the file itself. */
  readonly blocked: string;
  /** Who can change what a daemon of root writes there, beside root; null when nobody, or for other daemons. */
  readonly open: OpenToOthers | null;
  /** The name of the daemon's user. */
  readonly writer: string;
  /** Null when it cannot be told. */
  readonly room: { readonly bytes: number; readonly inodes: number | null } | null;
}

export interface LimitsView {
  /** The daemon's, or ours when none runs. */
  readonly pid: number;
  readonly soft: { readonly descriptors: number; readonly processes: number };
  readonly hard: { readonly descriptors: number; readonly processes: number };
  /** Null when we may not count. */
  readonly openDescriptors: number | null;
  /** Whether the daemon is root at its start, and so may raise them. */
  readonly mayRaise: boolean;
}

export interface UnitView {
  readonly name: string;
  readonly loadState: string;
  readonly activeState: string;
  readonly fileState: string;
  readonly result: string;
  readonly privateTmp: boolean;
  /** 0 for none. */
  readonly mainPid: number;
  /** What the daemon said last of itself; empty for nothing. */
  readonly statusText: string;
}

/** The daemon that serves this configuration, by its sockets, by its pidfile, by its command line; null when none does. */
export function ownDaemon(
  view: Pick<View, 'answer' | 'configuration' | 'daemons' | 'pidfilePid' | 'unixServers'>,
): DaemonView | null {
  const { answer, configuration } = view;
  const listeners = view.unixServers.map(({ listenerPid }) => listenerPid);
  const answering = answer.kind === 'answered' ? answer.pid : null;
  const byPid = [answering, ...listeners, view.pidfilePid]
    .map((pid) => view.daemons.find((daemon) => daemon.pid === pid))
    .find((daemon) => daemon !== undefined);
  if (byPid) return byPid;
  if (configuration.kind === 'none') return null;
  return view.daemons.find(({ configPath }) => configPath === configuration.path) ?? null;
}

/** The service that is to run the daemon: what runs, tried to, or starts at boot before what is merely there. Null for none. */
export function ownUnit(view: Pick<View, 'units'>): UnitView | null {
  const loaded = (view.units ?? []).filter(({ loadState }) => loadState === 'loaded');
  const wanted = ({ activeState, fileState }: UnitView) =>
    Number(activeState === 'active') * 4 +
    Number(activeState === 'failed') * 2 +
    Number(fileState === 'enabled');
  return loaded.toSorted((a, b) => wanted(b) - wanted(a))[0] ?? null;
}

export function configOf(view: View): Config | null {
  return view.configuration.kind === 'found' ? view.configuration.config : null;
}

/** A command line that surely reaches the daemon of this configuration; its arguments may follow. */
export function clientCommand(
  view: Pick<View, 'configuration'>,
  command: 'shutdown' | 'start' | 'status' | 'tail' | 'update',
): string {
  const { configuration } = view;
  const isNamed = configuration.kind === 'found' && !hasCustomaryConfiguration(view);
  const option = isNamed ? ` -c ${shellWord(configuration.path)}` : '';
  // The one that only supervisorctl has.
  return command === 'shutdown'
    ? `tsupervisor supervisorctl${option} shutdown`
    : `tsupervisor ${command}${option}`;
}

/** The one that services and clients find by themselves. */
export function hasCustomaryConfiguration({ configuration }: Pick<View, 'configuration'>): boolean {
  return configuration.kind === 'found' && customaryPaths.has(configuration.path);
}

const customaryPaths = new Set<string>(serviceConfigPaths);
