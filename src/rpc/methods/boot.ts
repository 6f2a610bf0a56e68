// A method beyond the original that returns how the start of all programs went.
import type { BootStart, ChainLink } from '../../supervisor/boot.ts';
import type { Process } from '../../supervisor/process.ts';
import { processInfo } from '../../supervisor/process-info.ts';
import type { RpcStruct } from '../../xmlrpc/value.ts';
import { type Method, noParams, query } from '../method.ts';

export const bootMethods: Readonly<Record<string, Method>> = {
  getBoot: query(
    'Tells how long each process took to be ready since the daemon began to start programs, and which chain took longest.',
    {
      type: 'struct',
      text:
        'now, over (whether nothing is starting any more), ready (of the last process; missing if there is none), ' +
        'processes (those that were started: name, group, statename, description, at_boot (false: started later), ' +
        'requested, spawned and ready (missing until then), waited_for (what it waited for last: name, condition)), ' +
        'chain (from the process that was ready last: name, group, condition that the next one had to meet, empty ' +
        'for the last). Times in seconds since the daemon began to start programs',
    },
    noParams(({ supervisor }) => {
      const { beganAt, starts, readyAt, isOver, chain } = supervisor.boot;
      const times = new Times(beganAt);
      return {
        now: times.since(supervisor.daemon.clock.now()),
        over: isOver,
        ...times.member('ready', readyAt),
        processes: starts.map((start) => startStruct(start, times)),
        chain: chain.map(linkStruct),
      };
    }),
  ),
};

function startStruct(
  { process, times: start, doneAt, isOfBoot }: BootStart<Process>,
  times: Times,
): RpcStruct {
  const { name, group, statename, description } = processInfo(process);
  return {
    ...{ name, group, statename, description },
    at_boot: isOfBoot,
    requested: times.since(start.requestedAt),
    ...times.member('spawned', start.spawnedAt),
    ...times.member('ready', doneAt),
    waited_for: start.waitedFor.map(({ name, condition }) => ({ name, condition })),
  };
}

function linkStruct({ start: { process }, waitedFor }: ChainLink<Process>): RpcStruct {
  return { name: process.name, group: process.group, condition: waitedFor ?? '' };
}

/** Seconds with three decimals since the boot began. */
class Times {
  constructor(private readonly beganAt: number) {}

  since(at: number): number {
    return Math.round(at - this.beganAt) / 1000;
  }

  member(name: string, at: number | null): RpcStruct {
    return at === null ? {} : { [name]: this.since(at) };
  }
}
