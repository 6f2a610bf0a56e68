// Methods beyond the original that start, stop and restart the processes that a client names, in one request, so that
// their dependencies are followed.
import { type BatchRequest, type Outcome, onEach } from '../../operations/batch.ts';
import type { RequestContext } from '../../operations/context.ts';
import { findTarget } from '../../operations/find-process.ts';
import { OperationError } from '../../operations/operation-error.ts';
import { restart } from '../../operations/restart.ts';
import { inStartOrder, start } from '../../operations/start.ts';
import { stopEach } from '../../operations/stop.ts';
import type { Process } from '../../supervisor/process.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import { type Method, method, oneParam, twoParams } from '../method.ts';
import { itemsOf } from '../outcome-items.ts';
import { processOrGroupNames, wait } from '../params.ts';

const itemResult = {
  type: 'array',
  text: 'A struct of name, group, status and description for each process named; status 80 for success, else that of a fault',
} as const;

export const batchMethods: Readonly<Record<string, Method>> = {
  startProcesses: method(
    'Starts the processes named, what they depend on first. An unknown name is a fault, and nothing is started.',
    itemResult,
    twoParams(processOrGroupNames, wait, (context, names, wanted) => {
      const targets = targetsOf(context.supervisor, names);
      return itemsOf(startNamed([...targets.keys()], { ...batchOf(context, targets), wait: wanted }));
    }),
  ),

  stopProcesses: method(
    'Stops the processes named, each after those that depend on it. An unknown name is a fault, and nothing is stopped.',
    itemResult,
    twoParams(processOrGroupNames, wait, (context, names, wanted) => {
      const targets = targetsOf(context.supervisor, names);
      return itemsOf(stopNamed([...targets.keys()], { ...batchOf(context, targets), wait: wanted }));
    }),
  ),

  restartProcesses: method(
    'Stops the processes named, each after those that depend on it, then starts them, what they depend on first; ' +
      'also those that are down. An unknown name is a fault, and nothing is restarted.',
    itemResult,
    oneParam(processOrGroupNames, (context, names) => {
      const targets = targetsOf(context.supervisor, names);
      return itemsOf(restart([...targets.keys()], batchOf(context, targets)));
    }),
  ),
};

/** The processes by priority, each with its name in errors. Throws OperationError BAD_NAME. */
function targetsOf(supervisor: Supervisor, names: readonly string[]): ReadonlyMap<Process, string> {
  const labels = new Map<Process, string>();
  for (const name of new Set(names)) {
    const target = findTarget(supervisor, name);
    if (target.kind === 'process') labels.set(target.process, name);
    else for (const process of target.group.processes) labels.set(process, process.qualifiedName);
  }
  return new Map(
    supervisor.processesByPriority.flatMap((process) => {
      const label = labels.get(process);
      return label === undefined ? [] : [[process, label]];
    }),
  );
}

function batchOf(
  context: RequestContext,
  labels: ReadonlyMap<Process, string>,
): Pick<BatchRequest, 'by' | 'labelOf'> {
  return {
    by: context.requester(),
    labelOf: (process) => labels.get(process) ?? process.qualifiedName,
  };
}

/** With an outcome for those that cannot be started, too. */
function startNamed(
  processes: readonly Process[],
  { by, labelOf, wait }: BatchRequest,
): Promise<readonly Outcome[]> {
  return onEach(
    inStartOrder(processes),
    () => true,
    (process) => start(process, { by, label: labelOf(process), wait }),
  );
}

/** With an outcome for those that are not running, too. */
async function stopNamed(processes: readonly Process[], request: BatchRequest): Promise<readonly Outcome[]> {
  const outcomes = await stopEach(processes, request);
  const stopped = new Set(outcomes.map(({ process }) => process));
  const others = processes.filter((process) => !stopped.has(process));
  return [
    ...outcomes,
    ...others.map((process) => ({
      process,
      error: new OperationError('NOT_RUNNING', request.labelOf(process)),
    })),
  ];
}
