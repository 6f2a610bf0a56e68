// Methods that start, stop and signal processes.

import { onEach } from '../../operations/batch.ts';
import type { OperationContext } from '../../operations/context.ts';
import { findGroup, findTarget } from '../../operations/find-process.ts';
import { requireSignal, signalProcess } from '../../operations/signal-process.ts';
import { startProcess } from '../../operations/start-process.ts';
import { stopProcess } from '../../operations/stop-process.ts';
import type { Process } from '../../supervisor/process.ts';
import type { RpcValue } from '../../xmlrpc/value.ts';
import { type Answer, type Method, method, oneParam, twoParams } from '../method.ts';
import { groupName, processOrGroupName, signal, wait } from '../params.ts';

const itemsOf = (what: string) =>
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
      if (target.kind === 'group') return startAll(target.group.processesByPriority, wanted);
      return trueAfter(startProcess(target.process, name, wanted));
    }),
  ),

  startProcessGroup: method(
    'Starts all processes of a group that are not running yet.',
    itemsOf('that was to be started'),
    twoParams(groupName, wait, ({ supervisor }, name, wanted) =>
      startAll(findGroup(supervisor, name).processesByPriority, wanted),
    ),
  ),

  startAllProcesses: method(
    'Starts all processes that are not running yet.',
    itemsOf('that was to be started'),
    oneParam(wait, ({ supervisor }, wanted) => startAll(supervisor.processesByPriority, wanted)),
  ),

  stopProcess: method(
    'Stops a process, or all processes of a group.',
    { type: 'boolean', text: 'Always true; for a group what stopProcessGroup returns' },
    twoParams(processOrGroupName, wait, (context, name, wanted) => {
      const target = findTarget(context.supervisor, name);
      if (target.kind === 'group') return stopAll(context, target.group.processesByPriority, wanted);
      return trueAfter(stopProcess(context, target.process, name, wanted));
    }),
  ),

  stopProcessGroup: method(
    'Stops all running processes of a group.',
    itemsOf('that was to be stopped'),
    twoParams(groupName, wait, (context, name, wanted) =>
      stopAll(context, findGroup(context.supervisor, name).processesByPriority, wanted),
    ),
  ),

  stopAllProcesses: method(
    'Stops all running processes, event listeners included.',
    itemsOf('that was to be stopped'),
    oneParam(wait, (context, wanted) => stopAll(context, context.supervisor.processesByPriority, wanted)),
  ),

  signalProcess: method(
    'Sends a signal to a process, or to all processes of a group. Their states do not change by it.',
    { type: 'boolean', text: 'Always true; for a group what signalProcessGroup returns' },
    twoParams(processOrGroupName, signal, ({ supervisor }, name, sent) => {
      const target = findTarget(supervisor, name);
      if (target.kind === 'group') return signalAll(target.group.processesByPriority, sent);
      signalProcess(target.process, name, requireSignal(sent));
      return true;
    }),
  ),

  signalProcessGroup: method(
    'Sends a signal to all running processes of a group.',
    itemsOf('that was to be signalled'),
    twoParams(groupName, signal, ({ supervisor }, name, sent) =>
      signalAll(findGroup(supervisor, name).processesByPriority, sent),
    ),
  ),

  signalAllProcesses: method(
    'Sends a signal to all running processes.',
    itemsOf('that was to be signalled'),
    oneParam(signal, ({ supervisor }, sent) => signalAll(supervisor.processesByPriority, sent)),
  ),
};

function trueAfter(pending: void | Promise<void>): Answer {
  return pending ? pending.then(() => true) : true;
}

function startAll(processes: readonly Process[], wanted: boolean): Answer {
  return onEach(processes, isStartable, (process) => startProcess(process, process.qualifiedName, wanted));
}

function isStartable({ state }: Process): boolean {
  return state !== 'STARTING' && state !== 'RUNNING' && state !== 'BACKOFF';
}

function stopAll(context: OperationContext, processes: readonly Process[], wanted: boolean): Answer {
  return onEach(
    processes,
    (process) => process.isStoppable,
    (process) => stopProcess(context, process, process.qualifiedName, wanted),
  );
}

function signalAll(processes: readonly Process[], sent: RpcValue): Answer {
  return onEach(
    processes,
    (process) => process.isSignallable,
    (process) => signalProcess(process, process.qualifiedName, requireSignal(sent)),
  );
}
