// One instance of the daemon between two reads of the configuration: log, servers, supervisor, pidfile.
import type { Config } from '../config/config.ts';
import { serverUrlForChildren } from '../config/server-url.ts';
import { ActivityLog } from '../data-plane/main/activity-log.ts';
import type { DataPlane } from '../data-plane/main/data-plane.ts';
import { TaskQueue } from '../event-loop/task-queue.ts';
import { withTimeout } from '../event-loop/with-timeout.ts';
import { EventBus } from '../events/bus.ts';
import type { EventSerials } from '../events/numbering.ts';
import { ListenError } from '../http/listener.ts';
import { openServers, type Servers } from '../http/servers.ts';
import { type AssignedSockets, assignSockets } from '../http/socket-activation.ts';
import { explainUntrusted } from '../linux/explain-untrusted.ts';
import { UntrustedPath } from '../linux/guarded-path.ts';
import type { ProgramLimits } from '../linux/program-limits.ts';
import { isSystemError } from '../linux/system-error.ts';
import { cleanAutoLogs } from '../logs/auto-log.ts';
import { reload, shutdown } from '../operations/end.ts';
import { OperationError } from '../operations/operation-error.ts';
import type { ProgramCgroups } from '../supervisor/child/program-cgroups.ts';
import { Reaper } from '../supervisor/child/reaper.ts';
import { SpawnedChildren } from '../supervisor/child/spawned-children.ts';
import { monotonicClock } from '../supervisor/clock.ts';
import type { DaemonContext } from '../supervisor/daemon-context.ts';
import { DependencyTracker } from '../supervisor/dependencies/dependency-tracker.ts';
import { PendingHooks } from '../supervisor/hooks/pending-hooks.ts';
import { NotifySockets } from '../supervisor/notify/notify-sockets.ts';
import { type Ending, Supervisor } from '../supervisor/supervisor.ts';
import type { PassedDescriptor } from '../systemd/listen-fds.ts';
import { removePidfile, writePidfile } from './pidfile.ts';
import type { EarlyLine } from './privileges.ts';
import { StartError } from './start-error.ts';
import { writeStderr } from './write-stderr.ts';

export interface DaemonInstanceRequest {
  readonly config: Config;
  readonly readConfig: () => Config;
  /** Lines collected before the log was open. */
  readonly earlyLines: readonly EarlyLine[];
  /** Copy the activity log to stdout. */
  readonly foreground: boolean;
  readonly dataPlane: DataPlane;
  readonly eventSerials: EventSerials;
  readonly cgroups: ProgramCgroups | null;
  readonly programLimits: ProgramLimits;
  readonly descriptors: readonly PassedDescriptor[];
  readonly environment: Readonly<Record<string, string>>;
}

/** One for each standard stream. */
const pipesOfProcess = 3;
/** A stalled disk may not accept them. */
const finalLogTimeoutMs = 2000;

export class DaemonInstance {
  readonly #pidfileWritten: boolean;
  #finalLog: Promise<void> = Promise.resolve();

  private constructor(
    readonly config: Config,
    readonly supervisor: Supervisor,
    readonly log: ActivityLog,
    private readonly servers: Servers,
    private readonly reaper: Reaper,
  ) {
    this.#pidfileWritten = writePidfile(config.supervisord.pidfile, log);
  }

  /** Opens everything without starting programs. Throws StartError after closing what was opened. */
  static start(wanted: DaemonInstanceRequest): DaemonInstance {
    const { servers: configs, passed } = seated(wanted);
    const request = { ...wanted, config: { ...wanted.config, servers: configs } };
    const log = openLog(request);
    writeEarlyLines(log, request.config, request.earlyLines);
    const reaper = new Reaper(log);
    try {
      // Listen first: a second daemon with the same configuration must fail before it touches the first one's files.
      const servers = listen(request.config, passed, log);
      const supervisor = superviseBehind(servers, request, log, reaper);
      return new DaemonInstance(request.config, supervisor, log, servers, reaper);
    } catch (error) {
      reaper.stop();
      log.close();
      throw error;
    }
  }

  get ended(): Promise<void> {
    return this.supervisor.ended;
  }

  get ending(): Ending {
    return this.supervisor.ending;
  }

  /** A shutdown was requested. */
  shuttingDown(): boolean {
    return this.supervisor.state === 'SHUTDOWN';
  }

  shutdown(): void {
    shutdown(this.supervisor);
  }

  /**
   * Without readers of their output, programs would block; stop them and let the service manager start everything
   * again.
   */
  endWithoutOutput(reason: string): void {
    const message = `the worker that carries output has ended (${reason}): stopping all programs`;
    writeStderr(`tsupervisor: ${message}\n`);
    this.#finalLog = this.log.criticalDirectly(message);
    this.supervisor.exit(1);
  }

  /** An unusable configuration is reported and changes nothing. */
  restart(): void {
    try {
      reload(this.supervisor);
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      this.log.error(`restart refused, still running with the previous configuration: ${error.detail}`);
    }
  }

  reopenLogs(): void {
    void this.log.reopen();
    void this.supervisor.reopenLogs();
  }

  /** Releases what other processes may need: sockets, pidfile, log. */
  async close(): Promise<void> {
    await this.servers.close();
    if (this.#pidfileWritten) removePidfile(this.config.supervisord.pidfile);
    this.reaper.stop();
    this.supervisor.daemon.notifySockets.close();
    await withTimeout(this.#finalLog, finalLogTimeoutMs);
    this.log.close();
  }
}

function seated({ config, descriptors }: DaemonInstanceRequest): AssignedSockets {
  return orRefused(() => assignSockets(config.servers, descriptors));
}

function openLog({ config: { supervisord }, dataPlane, foreground }: DaemonInstanceRequest): ActivityLog {
  return orStartError('Cannot open the log', () =>
    ActivityLog.open(supervisord, dataPlane, foreground && !supervisord.silent),
  );
}

/** Creates the groups, including the AUTO logs of their processes, then accepts requests. */
function superviseBehind(
  servers: Servers,
  { config, readConfig, dataPlane, eventSerials, cgroups, programLimits, environment }: DaemonInstanceRequest,
  log: ActivityLog,
  reaper: Reaper,
): Supervisor {
  const { nocleanup, childlogdir, identifier, stripAnsi } = config.supervisord;
  const processes = config.groups.reduce((sum, group) => sum + group.processes.length, 0);
  dataPlane.expectDescriptors(processes * pipesOfProcess);
  if (!nocleanup) cleanAutoLogs(childlogdir, identifier, (message) => log.warn(message));
  const taskQueue = new TaskQueue();
  const daemon: DaemonContext = {
    log,
    bus: new EventBus(),
    eventSerials,
    dataPlane,
    reaper,
    children: new SpawnedChildren(dataPlane, reaper),
    clock: monotonicClock,
    taskQueue,
    dependencies: new DependencyTracker(taskQueue),
    notifySockets: new NotifySockets(dataPlane, monotonicClock, log),
    pendingHooks: new PendingHooks(log, monotonicClock),
    cgroups,
    programLimits,
    environment,
    serverUrl: serverUrlForChildren(config.servers),
    childlogdir,
    identifier,
    stripAnsi,
  };
  try {
    const supervisor = orStartError(
      'Cannot create the log of a program',
      () => new Supervisor(config, daemon, readConfig),
    );
    servers.serve(supervisor);
    return supervisor;
  } catch (error) {
    servers.abandon();
    throw error;
  }
}

/** Turns a system error during start into one line for the user. */
function orStartError<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof UntrustedPath) throw new StartError(`${what}: ${explainUntrusted(error)}`);
    if (isSystemError(error)) throw new StartError(`${what}: ${error.message}`);
    throw error;
  }
}

function listen(config: Config, passed: AssignedSockets['passed'], log: ActivityLog): Servers {
  // The standard interface takes no arguments; options of [DEFAULT] also end up here.
  const argued = config.rpcInterfaces.some(({ options }) => Object.keys(options).length > 0);
  if (argued && config.servers.length > 0) throw new StartError('Could not make supervisor rpc interface');
  return orRefused(() => openServers(config.servers, passed, log));
}

function orRefused<T>(listening: () => T): T {
  try {
    return listening();
  } catch (error) {
    throw error instanceof ListenError ? new StartError(error.message) : error;
  }
}

/** Sorted by level, since everything before the log was open is written at once. */
function writeEarlyLines(log: ActivityLog, config: Config, earlyLines: readonly EarlyLine[]): void {
  for (const { message } of earlyLines.filter(({ level }) => level === 'critical')) log.critical(message);
  for (const message of config.warnings) log.warn(message);
  for (const message of config.infos) log.info(message);
  for (const { message } of earlyLines.filter(({ level }) => level === 'info')) log.info(message);
}
