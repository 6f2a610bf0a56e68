// Gathers the facts for all checks. Read-only: changes nothing on the machine.
import { existsSync, realpathSync, statSync } from 'node:fs';
import type { Server } from '../../client/server-address.ts';
import { SupervisorClient } from '../../client/supervisor-client.ts';
import { checkConfig } from '../../config/check.ts';
import { ConfigError, type UserIdentity } from '../../config/config.ts';
import { requireConfig } from '../../config/locate-config.ts';
import { calledAs, systemHost } from '../../config/system-host.ts';
import { currentUid } from '../../linux/credentials.ts';
import { userById } from '../../linux/users.ts';
import { type ConfigurationView, type DaemonView, ownDaemon, type View } from '../machine-facts.ts';
import { hear } from './answer.ts';
import { runningDaemons } from './daemons.ts';
import { gatherLimits } from './limits.ts';
import { orphansOf } from './orphans.ts';
import { pidIn } from './pidfile.ts';
import { gatherPlaces } from './places.ts';
import { processTable } from './process-table.ts';
import { gatherPrograms } from './programs.ts';
import { gatherServers } from './servers.ts';
import { gatherUnits } from './units.ts';

export interface LookRequest {
  /** As given with -c; null: use the search path. */
  readonly configuration: string | null;
  readonly server: Server;
}

/** Longer than the time between fork and exec. */
const betweenLooksMs = 100;

export async function look({ configuration: given, server }: LookRequest): Promise<View> {
  const configuration = readConfiguration(given);
  const config = configuration.kind === 'found' ? configuration.config : null;
  const earlier = processTable();
  await Bun.sleep(betweenLooksMs);
  const table = processTable();
  const daemons = runningDaemons({ earlier, table }, config?.supervisord.user?.uid ?? null);
  const client = new SupervisorClient(server);
  try {
    const { answer, processes } = await hear(client, server);
    const seen = {
      configuration,
      daemons,
      answer,
      pidfilePid: config && pidIn(config.supervisord.pidfile),
      ...gatherServers(config, table),
    };
    const daemon = ownDaemon(seen);
    const answering = answer.kind === 'answered' ? [answer.pid] : [];
    const daemonPid = daemon?.pid ?? answering[0] ?? null;
    const daemonPids = [...daemons.map(({ pid }) => pid), ...answering];
    const programs = await gatherPrograms({
      processes,
      config,
      client,
      table,
      daemonPids,
      daemonPid,
    });
    const writer = writerOf(daemon, configuration);
    return {
      ...seen,
      units: gatherUnits(daemon?.pid ?? null),
      programs,
      orphans: orphansOf(config, table, daemonPid, daemonPids),
      places: config && writer ? gatherPlaces(config, writer) : [],
      limits: gatherLimits(daemon?.pid ?? process.pid, daemon === null && currentUid() === 0),
    };
  } finally {
    client.close();
  }
}

function readConfiguration(given: string | null): ConfigurationView {
  try {
    const path = given ?? requireConfig(calledAs(), existsSync);
    const { config, mistakes: all } = checkConfig({ path, overrides: {}, host: systemHost() });
    const mistakes = all.filter(({ severity }) => severity === 'error');
    return { kind: 'found', path: realPath(path), config, mistakes };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { kind: 'none', reason: error.message };
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * The user who writes the logs: the daemon's, or the one a daemon would switch to. A configuration owned by root is
 * meant for a root daemon, regardless of who runs doctor.
 */
function writerOf(daemon: DaemonView | null, configuration: ConfigurationView): UserIdentity | null {
  if (daemon !== null) return userById(daemon.uid);
  if (configuration.kind === 'none') return null;
  const starter = currentUid() === 0 ? 0 : ownerOf(configuration.path);
  return configuration.config?.supervisord.user ?? (starter === null ? null : userById(starter));
}

function ownerOf(path: string): number | null {
  try {
    return statSync(path).uid;
  } catch {
    return null;
  }
}
