// Methods that start, stop and signal processes.

import { onEach } from '../../operations/batch.ts';
import type { RequestContext } from '../../operations/context.ts';
import { findGroup, findTarget } from '../../operations/find-process.ts';
import { requireSignal, signal as sendSignal } from '../../operations/signal.ts';
import { start, startEach } from '../../operations/start.ts';
import { stop, stopEach } from '../../operations/stop.ts';
import type { Process } from '../../supervisor/process.ts';
import { type RpcValue, textOf } from '../../xmlrpc/value.ts';
import { type Answer, type Method, method, oneParam, twoParams } from '../method.ts';
import { itemsOf } from '../outcome-items.ts';
import { groupName, processOrGroupName, signal, wait } from '../params.ts';

const itemResult = (what: string) =>
  ({
    type: 'array',
    text: `A struct of name, group, status and description for each process ${what}`,
  }) as const;

export const controlMethods: Readonly<Record<string, Method>> = {
  startProcess: method(
    'Starts a process, or all processes of a group.',
    { type: 'boolean', text: 'Always true; for a group what startProcessGroup returns' },
    twoParams(processOrGroupName, wait, (context, name, wanted) => {
      const target = findTarget(context.supervisor, name);
      if (target.kind === 'group') return startAll(context, target.group.processesByPriority, wanted);
      return trueAfter(start(target.process, { by: context.requester(), label: name, wait: wanted }));
    }),
  ),

  startProcessGroup: method(
    'Starts all processes of a group that are not running yet.',
    itemResult('that was to be started'),
    twoParams(groupName, wait, (context, name, wanted) =>
      startAll(context, findGroup(context.supervisor, name).processesByPriority, wanted),
    ),
  ),

  startAllProcesses: method(
    'Starts all processes that are not running yet.',
    itemResult('that was to be started'),
    oneParam(wait, (context, wanted) => startAll(context, context.supervisor.processesByPriority, wanted)),
  ),

  stopProcess: method(
    'Stops a process, or all processes of a group.',
    { type: 'boolean', text: 'Always true; for a group what stopProcessGroup returns' },
    twoParams(processOrGroupName, wait, (context, name, wanted) => {
      const target = findTarget(context.supervisor, name);
      if (target.kind === 'group') return stopAll(context, target.group.processesByPriority, wanted);
      return trueAfter(stop(target.process, { by: context.requester(), label: name, wait: wanted }));
    }),
  ),

  stopProcessGroup: method(
    'Stops all running processes of a group.',
    itemResult('that was to be stopped'),
    twoParams(groupName, wait, (context, name, wanted) =>
      stopAll(context, findGroup(context.supervisor, name).processesByPriority, wanted),
    ),
  ),

  stopAllProcesses: method(
    'Stops all running processes, event listeners included.',
    itemResult('that was to be stopped'),
    oneParam(wait, (context, wanted) => stopAll(context, context.supervisor.processesByPriority, wanted)),
  ),

  signalProcess: method(
    'Sends a signal to a process, or to all processes of a group. Their states do not change by it.',
    { type: 'boolean', text: 'Always true; for a group what signalProcessGroup returns' },
    twoParams(processOrGroupName, signal, ({ supervisor }, name, sent) => {
      const target = findTarget(supervisor, name);
      if (target.kind === 'group') return signalAll(target.group.processesByPriority, sent);
      sendSignal(target.process, name, signalSent(sent));
      return true;
    }),
  ),

  signalProcessGroup: method(
    'Sends a signal to all running processes of a group.',
    itemResult('that was to be signalled'),
    twoParams(groupName, signal, ({ supervisor }, name, sent) =>
      signalAll(findGroup(supervisor, name).processesByPriority, sent),
    ),
  ),

  signalAllProcesses: method(
    'Sends a signal to all running processes.',
    itemResult('that was to be signalled'),
    oneParam(signal, ({ supervisor }, sent) => signalAll(supervisor.processesByPriority, sent)),
  ),
};

function trueAfter(pending: void | Promise<void>): Answer {
  return pending ? pending.then(() => true) : true;
}

function startAll(context: RequestContext, processes: readonly Process[], wanted: boolean): Answer {
  return itemsOf(startEach(processes, { by: context.requester(), labelOf, wait: wanted }));
}

function stopAll(context: RequestContext, processes: readonly Process[], wanted: boolean): Answer {
  return itemsOf(stopEach(processes, { by: context.requester(), labelOf, wait: wanted }));
}

const labelOf = (process: Process) => process.qualifiedName;

/** An unknown signal is a fault of each process, like in the original. */
function signalAll(processes: readonly Process[], sent: RpcValue): Answer {
  return itemsOf(
    onEach(
      processes,
      (process) => process.isSignallable,
      (process) => sendSignal(process, process.qualifiedName, signalSent(sent)),
    ),
  );
}

/** An int, digits, or a name. Throws OperationError BAD_SIGNAL. */
function signalSent(sent: RpcValue): number {
  return requireSignal(typeof sent === 'string' || typeof sent === 'number' ? sent : null, textOf(sent));
}
