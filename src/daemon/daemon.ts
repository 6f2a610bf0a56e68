// The daemon from its start to its end, restarts in place included.
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
import { ProgramCgroups } from '../supervisor/program-cgroups.ts';
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
  /** As it was read when the daemon was started. */
  readonly config: Config;
  /** Finds, reads and checks it again, command line included. Throws ConfigError. */
  readonly readConfig: () => Config;
  /** Lets the one who started a background daemon go; null in the foreground. */
  readonly reportUp: (() => void) | null;
}

/** When memory is short the programs go first, as without us nothing brings them back. */
const serviceOomScore = -900;

/** By then a start is over and most of what it needed will not be needed again. */
const settledMs = 2000;

/** Runs until it is told to end; its exit status. Throws StartError when it cannot start; nothing is left behind then. */
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
    readConfig: () => service.whileReloading(readConfig),
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
    // Between two incarnations too: a signal that nobody handles would end us.
    forgetSignals = onSignals(() => current);
    installErrorHandlers((message) => instance?.log.critical(message));
    if (reportUp) {
      detachStandardStreams();
      reportUp();
    }
    let ending = await runInstance(current, service);
    while (ending === 'restart') {
      current = startAgain(lasting, readConfig, current.config);
      instance = current;
      ending = await runInstance(current, service);
    }
    return ending === 'failure' ? 1 : 0;
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

/** As whom the daemon runs, where, and with how much of the machine: its threads and programs have that from it. */
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
  const cgroups = ProgramCgroups.settle(ownCgroup());
  earlyLines.push(...cgroupLine(cgroups, config));
  return { cgroups: typeof cgroups === 'string' ? null : cgroups, programLimits, earlyLines };
}

/** The first thread that reads files for clients: later, programs may have used up all that can be had. */
async function startThreadPool(): Promise<void> {
  await access('/');
}

async function runInstance(instance: DaemonInstance, service: Service): Promise<Ending> {
  service.follow(instance.supervisor);
  await instance.supervisor.run();
  service.ready();
  const settled = setTimeout(releaseMemory, settledMs);
  await instance.ended;
  clearTimeout(settled);
  await instance.close();
  // By now, as a shutdown may have been asked for while a restart was closing its servers.
  return instance.ending;
}

/** What a start has left, and all of the life before it: the runtime would keep that until it has as much again. */
function releaseMemory(): void {
  Bun.gc(true);
  forgetStartUpCode();
}

/**
 * A restart was granted on a good configuration; if that cannot be used by now, the last one that ran serves. A user
 * that was added to it is obeyed: whoever wrote it down believes from then on that root was given up.
 */
function startAgain(
  request: Omit<DaemonInstanceRequest, 'config' | 'earlyLines'>,
  readConfig: () => Config,
  last: Config,
): DaemonInstance {
  try {
    const config = readConfig();
    // Sockets that systemd has opened need no right.
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

/** A mistake of ours in one place must not end the supervision of everything else. */
function installErrorHandlers(tell: (message: string) => void): void {
  const onMistake = (error: unknown): void =>
    tell(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.on('uncaughtException', onMistake);
  process.on('unhandledRejection', onMistake);
}

/** Going without is worth a word to those who have asked for it. */
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
