// Methods that return information on processes.

import { findProcess } from '../../operations/find-process.ts';
import { isWaiting } from '../../supervisor/lifecycle/process-state.ts';
import type { Process } from '../../supervisor/process.ts';
import { processInfo } from '../../supervisor/process-info.ts';
import { fittingInt } from '../../xmlrpc/int32.ts';
import type { RpcStruct } from '../../xmlrpc/value.ts';
import { type Method, noParams, oneParam, query } from '../method.ts';
import { processName } from '../params.ts';

export const informationMethods: Readonly<Record<string, Method>> = {
  getProcessInfo: query(
    'Tells the state of one process.',
    {
      type: 'struct',
      text:
        'name, group, start, stop, now, state, statename, spawnerr, exitstatus, logfile, ' +
        'stdout_logfile, stderr_logfile, pid, description; while it waits for dependencies, waiting (structs of ' +
        'name, condition and, if it is not met without a request, stuck: the state of that process, or missing; ' +
        'if a health check has failed, failure: why); ' +
        'completed (true) when it is a one-shot that has done its work; ' +
        'with ready=notify, status_text (what it last said about itself) and reloading (true while it reloads)',
    },
    oneParam(processName, ({ supervisor }, name) => infoStruct(findProcess(supervisor, name), now())),
  ),

  getAllProcessInfo: query(
    'Tells the state of every process.',
    { type: 'array', text: 'Structs as of getProcessInfo, by group and name' },
    noParams(({ supervisor }) => {
      const groups = [...supervisor.groups.values()].toSorted(byName);
      const processes = groups.flatMap((group) => group.processes.toSorted(byName));
      const time = now();
      return processes.map((process) => infoStruct(process, time));
    }),
  ),
};

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** Times are capped at what an XML-RPC int can hold. */
function infoStruct(process: Process, time: number): RpcStruct {
  const info = processInfo(process, time);
  return {
    name: info.name,
    group: info.group,
    start: fittingInt(info.start),
    stop: fittingInt(info.stop),
    now: fittingInt(info.now),
    state: info.state,
    statename: info.statename,
    spawnerr: info.spawnerr,
    exitstatus: info.exitstatus,
    logfile: info.stdoutLogfile,
    stdout_logfile: info.stdoutLogfile,
    stderr_logfile: info.stderrLogfile,
    pid: info.pid,
    description: info.description,
    ...waiting(process),
    ...(process.hasCompleted && { completed: true }),
    ...told(process),
  };
}

/** No member unless it waits, for clients that know the original's members only. */
function waiting({ life: { state } }: Process): RpcStruct {
  if (!isWaiting(state)) return {};
  return {
    waiting: state.needs.map(({ name, condition, stuck, failure }) => ({
      ...{ name, condition },
      ...(stuck === null ? {} : { stuck }),
      ...(failure === '' ? {} : { failure }),
    })),
  };
}

/** Sorted by code point, like in Python, not by UTF-16 unit. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name === b.name ? 0 : compareCodePoints(a.name, b.name);
}

function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** No members unless it tells about itself. */
function told({ notify }: Process): RpcStruct {
  return notify === null ? {} : { status_text: notify.status, reloading: notify.isReloading };
}
