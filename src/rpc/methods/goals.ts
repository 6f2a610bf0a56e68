// Methods beyond the original that return goals and requesters.
import { findProcess } from '../../operations/find-process.ts';
import type { Process } from '../../supervisor/process.ts';
import { describeRequester } from '../../supervisor/requester.ts';
import { unixSecondsOf } from '../../supervisor/timestamp.ts';
import { fittingInt } from '../../xmlrpc/int32.ts';
import type { RpcStruct } from '../../xmlrpc/value.ts';
import { type Method, noParams, oneParam, query } from '../method.ts';
import { processName } from '../params.ts';

export const goalMethods: Readonly<Record<string, Method>> = {
  getProcessGoal: query(
    'Tells what was last asked of a process, by whom and when.',
    {
      type: 'struct',
      text:
        'name, group, goal (none, up, down or restart), by (who asked, as text; empty when nobody has), ' +
        'since (Unix time in seconds, 0 when nobody has asked)',
    },
    oneParam(processName, ({ supervisor }, name) => goalStruct(findProcess(supervisor, name))),
  ),

  getAllProcessGoals: query(
    'Tells what was last asked of every process.',
    { type: 'array', text: 'Structs as of getProcessGoal' },
    noParams(({ supervisor }) => supervisor.processesByPriority.map(goalStruct)),
  ),
};

function goalStruct({ name, group, goal }: Process): RpcStruct {
  const asked = goal.kind === 'none' ? null : goal.asked;
  return {
    ...{ name, group },
    goal: goal.kind,
    by: asked ? describeRequester(asked.by) : '',
    since: fittingInt(asked ? unixSecondsOf(asked.at) : 0),
  };
}
