// The daemon from start to exit, including restarts in place.
import { access } from 'node:fs/promises';
import { type Config, ConfigError } from '../config/config.ts';
import { inheritedEnvironment } from '../config/system-host.ts';
import { DataPlane } from '../data-plane/main/data-plane.ts';
import { EventSerials } from '../events/numbering.ts';
import { currentUid } from '../linux/credentials.ts';
import { detachStandardStreams, keepDescriptorsFromChildren } from '../linux/descriptors.ts';
import { restoreDescriptorLimit } from '../linux/inherited-limits.ts';
import { ownCgroup } from '../linux/own-cgroup.ts';
import { OwnOomScore } from '../linux/own-oom-score.ts';
import { type ProgramLimits, raiseOwnDescriptorLimit } from '../linux/program-limits.ts';
import { forgetStartUpCode } from '../linux/resident-memory.ts';
import { ProgramCgroups } from '../supervisor/child/program-cgroups.ts';
import type { Ending } from '../supervisor/supervisor.ts';
import { passedDescriptors } from '../systemd/listen-fds.ts';
import { ServiceNotifier, withoutServiceVariables } from '../systemd/sd-notify.ts';
import { enterBackground } from './background.ts';
import { DaemonInstance, type DaemonInstanceRequest } from './daemon-instance.ts';
import { prepareDirectories } from './prepare-directories.ts';
import { dropPrivileges, dropPrivilegesLater, type EarlyLine, raiseLimits } from './privileges.ts';
import { Service } from './service.ts';
import { onSignals } from './signals.ts';
import { StartError } from './start-error.ts';

export interface DaemonRequest {
  /** As read when the daemon was started. */
  readonly config: Config;
  /** Locates, reads and validates it again, with command line overrides. Throws ConfigError. */
  readonly readConfig: () => Config;
  /** Lets the foreground process that started a background daemon exit; null in the foreground. */
  readonly reportUp: (() => void) | null;
}

/** Under memory pressure kill programs first: without the daemon nothing restarts them. */
const serviceOomScore = -900;

/** By then startup is over and most of its memory is garbage. */
const startupMs = 2000;

/** Runs until shutdown and returns the exit status. Throws StartError if it cannot start, leaving nothing behind. */
export async function runDaemon({ config, readConfig, reportUp }: DaemonRequest): Promise<number> {
  const notifier = ServiceNotifier.fromEnvironment(process.env);
  const { cgroups, programLimits, earlyLines } = await prepareProcess(config, {
    inBackground: reportUp !== null,
    isService: notifier.isEnabled,
  });
  let instance: DaemonInstance | null = null;
  const dataPlane = DataPlane.start(
    (message) => instance?.log.warn(message),
    (reason) => instance?.endWithoutOutput(reason),
  );
  const service = new Service(notifier, dataPlane);
  const lasting = {
    readConfig: () => service.duringReload(readConfig),
    foreground: reportUp === null,
    dataPlane,
    eventSerials: new EventSerials(),
    cgroups,
    programLimits,
    descriptors: passedDescriptors(process.env),
    environment: withoutServiceVariables(inheritedEnvironment()),
  };
  let forgetSignals = () => {};
  try {
    let current = DaemonInstance.start({ ...lasting, config, earlyLines });
    instance = current;
    // Stay registered between two instances: the default action of an unhandled signal would end the process.
    forgetSignals = onSignals(() => current);
    installErrorHandlers((message) => instance?.log.critical(message));
    if (reportUp) {
      detachStandardStreams();
      reportUp();
    }
    let ending = await runInstance(current, service);
    while (ending.kind === 'restart') {
      current = startAgain(lasting, readConfig, current.config);
      instance = current;
      ending = await runInstance(current, service);
    }
    return ending.status;
  } finally {
    service.ended();
    await dataPlane.stop();
    forgetSignals();
  }
}

interface Place {
  readonly cgroups: ProgramCgroups | null;
  readonly programLimits: ProgramLimits;
  readonly earlyLines: readonly EarlyLine[];
}

/** User, working directory and limits: threads and programs inherit them. */
async function prepareProcess(
  config: Config,
  { inBackground, isService }: { readonly inBackground: boolean; readonly isService: boolean },
): Promise<Place> {
  restoreDescriptorLimit();
  keepDescriptorsFromChildren();
  const { supervisord } = config;
  prepareDirectories(config);
  const earlyLines = [
    ...dropPrivileges(supervisord),
    ...raiseLimits(supervisord),
    ...(inBackground ? enterBackground(supervisord) : []),
  ];
  // Only root can lower it again after each start of a program.
  const ownOomScore = isService && currentUid() === 0 ? OwnOomScore.lower(serviceOomScore) : null;
  const programLimits = { descriptors: raiseOwnDescriptorLimit(), ownOomScore };
  await startThreadPool();
  const cgroups = ProgramCgroups.setUp(ownCgroup());
  earlyLines.push(...cgroupLine(cgroups, config));
  return { cgroups: typeof cgroups === 'string' ? null : cgroups, programLimits, earlyLines };
}

/** Starts the first thread pool thread early: later, programs may have used up all threads. */
async function startThreadPool(): Promise<void> {
  await access('/');
}

async function runInstance(instance: DaemonInstance, service: Service): Promise<Ending> {
  service.follow(instance.supervisor);
  await instance.supervisor.run();
  service.ready();
  const settled = setTimeout(releaseMemory, startupMs, instance);
  await instance.ended;
  clearTimeout(settled);
  await instance.close();
  // Read late: a shutdown may have been requested while a restart was closing its servers.
  return instance.ending;
}

/**
 * Collects garbage of the start and of the previous instance: the runtime would otherwise keep it until the heap has
 * doubled.
 */
async function releaseMemory({ supervisor }: DaemonInstance): Promise<void> {
  Bun.gc(true);
  // Before the code is released: collecting runs a part of it.
  await supervisor.daemon.dataPlane.collectGarbage();
  forgetStartUpCode();
}

/**
 * Restart was granted on a valid configuration; if that has become unusable, the last one that ran is used again. A
 * user that was added to it still takes effect: its author expects root to be dropped.
 */
function startAgain(
  request: Omit<DaemonInstanceRequest, 'config' | 'earlyLines'>,
  readConfig: () => Config,
  last: Config,
): DaemonInstance {
  try {
    const config = readConfig();
    // Sockets passed by systemd need no permissions.
    const servers = request.descriptors.length > 0 ? [] : config.servers;
    prepareDirectories(config);
    const earlyLines = dropPrivilegesLater({ ...config, servers });
    return DaemonInstance.start({ ...request, config, earlyLines });
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof StartError)) throw error;
    const warning = `the new configuration could not be used, using the last good one: ${error.message}`;
    return DaemonInstance.start({ ...request, config: { ...last, warnings: [warning] }, earlyLines: [] });
  }
}

/** An unexpected exception in one place must not end supervision of everything else. */
function installErrorHandlers(tell: (message: string) => void): void {
  const onMistake = (error: unknown): void =>
    tell(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.on('uncaughtException', onMistake);
  process.on('unhandledRejection', onMistake);
}

/** Report missing cgroups only if a program's configuration needs them. */
function cgroupLine(cgroups: ProgramCgroups | string, { groups }: Config): EarlyLine[] {
  if (typeof cgroups !== 'string')
    return [{ level: 'info', message: `every program runs in a cgroup of its own below ${cgroups.root}` }];
  const isAskedFor = groups.some(({ processes }) => processes.some(({ killascgroup }) => killascgroup));
  if (!isAskedFor) return [];
  return [
    {
      level: 'info',
      message: `killascgroup has no effect, programs run without cgroups of their own: ${cgroups}`,
    },
  ];
}
