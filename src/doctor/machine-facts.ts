// The facts about a machine, gathered once: the only input of the checks.
import type { ProcessInfo } from '../client/process-info.ts';
import type { Config } from '../config/config.ts';
import type { Diagnostic } from '../config/diagnostic.ts';
import { serviceConfigPaths } from '../config/locate-config.ts';
import type { UntrustedDirectory } from '../linux/guarded-path.ts';
import { type Bilingual, shellWord } from './finding.ts';

export interface View {
  readonly configuration: ConfigurationView;
  /** Daemons in our pid namespace. */
  readonly daemons: readonly DaemonView[];
  /** The pid in the configured pidfile; null if there is none. */
  readonly pidfilePid: number | null;
  readonly unixServers: readonly UnixServerView[];
  readonly inetServers: readonly InetServerView[];
  readonly answer: AnswerView;
  readonly programs: readonly ProgramView[];
  readonly orphans: readonly OrphanView[];
  readonly places: readonly PlaceView[];
  readonly limits: LimitsView;
  /** Null without systemd. */
  readonly units: readonly UnitView[] | null;
}

export type ConfigurationView =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'found';
      readonly path: string;
      /** Null if it cannot be read at all; after mistakes, defaults replace the invalid values. */
      readonly config: Config | null;
      /** Errors that make a daemon refuse it. */
      readonly mistakes: readonly Diagnostic[];
    };

export interface DaemonView {
  readonly pid: number;
  readonly uid: number;
  /** argv joined by blanks. */
  readonly commandLine: string;
  /** Its configuration, symbolic links resolved; null if unknown. */
  readonly configPath: string | null;
  /** It belongs to root or to us. Another user's daemon may name a path that is a trap, so no remedy acts on it. */
  readonly isTrusted: boolean;
  /** Its executable has been replaced since it started, as by an upgrade. */
  readonly isReplaced: boolean;
}

export interface UnixServerView {
  readonly section: string;
  readonly path: string;
  /** Result of connecting: null for success, else the name of the errno. */
  readonly failure: string | null;
  /** The listening process; null if there is none. */
  readonly listenerPid: number | null;
  /** `mode 0700, root:root`; empty if it is missing or not visible. */
  readonly mode: string;
  readonly isSocket: boolean;
  readonly directoryExists: boolean;
}

export interface InetServerView {
  readonly section: string;
  readonly host: string;
  readonly port: number;
  /** Whether the host is, or resolves to, an address of this machine. */
  readonly isHere: boolean;
  /** The process listening on that port; null if there is none. */
  readonly holder: PortHolder | null;
}

export interface PortHolder {
  readonly uid: number;
  /** Null without permission. */
  readonly pid: number | null;
  readonly commandLine: string;
}

/** Result of a request to the server. `silent`: it accepted the connection but does not respond. */
export type AnswerView =
  | { readonly kind: 'answered'; readonly pid: number; readonly url: string }
  | { readonly kind: 'unreachable' | 'silent' | 'unauthorized' | 'strange'; readonly url: string };

export interface ProgramView {
  readonly info: ProcessInfo;
  /** From the configuration; null if it is not there. */
  readonly command: string | null;
  /** What to write instead of a command that daemonises itself; null for any other. */
  readonly foreground: Bilingual | null;
  readonly user: string | null;
  readonly directory: string | null;
  readonly startsecs: number;
  /** How it shows that it is ready, as in the configuration; null if startsecs decides. */
  readonly ready: string | null;
  /** It does its work and ends. */
  readonly oneshot: boolean;
  /** With `ready`: it is starting, for longer than most programs need. */
  readonly isLate: boolean;
  /** How long it has waited for its dependencies; null if it does not, or if that is unknown. */
  readonly waitedSeconds: number | null;
  /** The last lines of its error output. */
  readonly lastOutput: readonly string[];
  /** Its last exit in the words of the activity log: `exit status 0`; null if unknown. */
  readonly lastExit: string | null;
  /** Unexpected exits in the minute before the last one; 0 if it has been running for longer since. */
  readonly recentEnds: number;
  /** Processes that it left running unsupervised. */
  readonly survivors: readonly { readonly pid: number; readonly commandLine: string }[];
}

/** Started by an earlier daemon of this configuration, with no supervising parent. */
export interface OrphanView {
  readonly pid: number;
  readonly process: string;
  readonly commandLine: string;
}

/** A file that the daemon writes. */
export interface PlaceView {
  /** Its purpose: `logfile`, `stdout_logfile of x`. */
  readonly purpose: string;
  readonly path: string;
  readonly directory: string;
  /** Why `writer` cannot write it; null if it can, or if that is unknown. */
  readonly problem: 'missing' | 'directory' | 'denied' | 'read-only' | null;
  /** What prevents it: the directory or the file itself. */
  readonly blocked: string;
  /** Who besides root can change what a root daemon writes there; null if no other user can, and for other daemons. */
  readonly untrusted: UntrustedDirectory | null;
  /** Name of the daemon's user. */
  readonly writer: string;
  /** Null if unknown. */
  readonly room: { readonly bytes: number; readonly inodes: number | null } | null;
}

export interface LimitsView {
  /** The daemon, or ourselves if none is running. */
  readonly pid: number;
  readonly soft: { readonly descriptors: number; readonly processes: number };
  readonly hard: { readonly descriptors: number; readonly processes: number };
  /** Null without permission. */
  readonly openDescriptors: number | null;
  /** Whether the daemon starts as root and so can raise them. */
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
  /** The daemon's last status (STATUS=); empty if there is none. */
  readonly statusText: string;
}

/** The daemon that serves this configuration, found by its sockets, pidfile or command line; null if there is none. */
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

/** The service that manages the daemon: prefers one that runs, has tried to, or starts at boot. Null for none. */
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

/** A command that reaches the daemon of this configuration; arguments can be appended. */
export function clientCommand(
  view: Pick<View, 'configuration'>,
  command: 'shutdown' | 'start' | 'status' | 'tail' | 'update',
): string {
  const { configuration } = view;
  const isNamed = configuration.kind === 'found' && !hasCustomaryConfiguration(view);
  const option = isNamed ? ` -c ${shellWord(configuration.path)}` : '';
  // Available in supervisorctl only.
  return command === 'shutdown'
    ? `tsupervisor supervisorctl${option} shutdown`
    : `tsupervisor ${command}${option}`;
}

/** Whether services and clients find the configuration without -c. */
export function hasCustomaryConfiguration({ configuration }: Pick<View, 'configuration'>): boolean {
  return configuration.kind === 'found' && customaryPaths.has(configuration.path);
}

const customaryPaths = new Set<string>(serviceConfigPaths);
