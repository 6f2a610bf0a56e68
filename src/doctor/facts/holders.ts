// Finds the processes that hold the sockets of a configuration.
import type { Config } from '../../config/config.ts';
import { boottimeMs } from '../../linux/monotonic-clock.ts';
import { probeSocket } from '../../linux/unix-probe.ts';
import { userById } from '../../linux/users.ts';
import { runningDaemons } from './daemons.ts';
import { holderOf } from './ports.ts';
import { commandLine, type ProcessEntry, processTable } from './process-table.ts';

/** A server of the configuration, and the process listening in its place. */
export interface Holder {
  readonly section: string;
  /** Socket path, or host and port. */
  readonly address: string;
  readonly kind: 'inet' | 'unix';
  /** Null if permissions hide it. */
  readonly process: HoldingProcess | null;
  /** Owner of the socket, if known. */
  readonly user: string | null;
}

export interface HoldingProcess {
  readonly pid: number;
  readonly commandLine: string;
  readonly since: Date;
  /** Its configuration if it is a supervisord, symbolic links resolved. */
  readonly configPath: string | null;
}

export function holdersOf({ servers, supervisord }: Config): Holder[] {
  const table = processTable();
  // A listening process is certainly alive, so one snapshot is enough.
  const daemons = runningDaemons({ earlier: table, table }, supervisord.user?.uid ?? null);
  const processOf = (pid: number | null): HoldingProcess | null => {
    const entry = table.find((candidate) => candidate.pid === pid);
    if (!entry) return null;
    const configPath = daemons.find((daemon) => daemon.pid === pid)?.configPath ?? null;
    return { pid: entry.pid, commandLine: commandLine(entry), since: startOf(entry), configPath };
  };
  return servers.flatMap((server): Holder[] => {
    const { section, kind } = server;
    if (server.kind === 'unix') {
      const { failure, listenerPid } = probeSocket(server.path);
      if (failure !== null) return [];
      return [{ section, kind, address: server.path, process: processOf(listenerPid), user: null }];
    }
    const holder = holderOf(server.host, server.port, table);
    if (holder === null) return [];
    const address = `${server.host || '*'}:${server.port}`;
    const user = userById(holder.uid)?.name ?? String(holder.uid);
    return [{ section, kind, address, process: processOf(holder.pid), user }];
  });
}

/** By the current wall clock. */
function startOf({ startedAt }: ProcessEntry): Date {
  const ageMs = boottimeMs() - (startedAt / TICKS_PER_SECOND) * 1000;
  return new Date(Date.now() - ageMs);
}

/** USER_HZ, which is 100 on every supported architecture. */
const TICKS_PER_SECOND = 100;
