// Methods beyond the original that return the resource usage of programs.

import { findProcess } from '../../operations/find-process.ts';
import { type ProgramUsage, usageOf } from '../../supervisor/child/program-usage.ts';
import type { Process } from '../../supervisor/process.ts';
import { RpcFault } from '../../xmlrpc/faults.ts';
import { fittingInt } from '../../xmlrpc/int32.ts';
import type { RpcStruct } from '../../xmlrpc/value.ts';
import { type Method, noParams, oneParam, query } from '../method.ts';
import { processName } from '../params.ts';

export const usageMethods: Readonly<Record<string, Method>> = {
  getProcessUsage: query(
    'Tells what a process takes, with everything that it has started.',
    {
      type: 'struct',
      text:
        'name, group, pid, cpu_seconds (since its start, with a fraction), memory_kb (resident), ' +
        'cgroup (true: also what has left its parents; false: its descendants)',
    },
    oneParam(processName, async ({ supervisor }, name) => {
      const process = findProcess(supervisor, name);
      const usage = (await usageOf([process])).usages.get(process);
      if (!usage) throw new RpcFault('NOT_RUNNING', name);
      return usageStruct(process, usage);
    }),
  ),

  getAllProcessUsage: query(
    'Tells what every running process takes.',
    { type: 'array', text: 'Structs as of getProcessUsage' },
    noParams(async ({ supervisor }) => {
      const { usages } = await usageOf(supervisor.processesByPriority);
      return [...usages].map(([process, usage]) => usageStruct(process, usage));
    }),
  ),
};

function usageStruct({ name, group, pid }: Process, usage: ProgramUsage): RpcStruct {
  return {
    ...{ name, group, pid },
    cpu_seconds: usage.cpuSeconds,
    memory_kb: fittingInt(Math.round(usage.residentBytes / 1024)),
    cgroup: usage.isWhole,
  };
}
