// What the original's page did by links: `/?processname=NAME&action=start`. Scripts and bookmarks know these.
// The messages are the original's.

import { onEach } from '../../operations/batch.ts';
import type { OperationContext } from '../../operations/context.ts';
import { findProcess } from '../../operations/find-process.ts';
import { startProcess } from '../../operations/start-process.ts';
import { stopProcess } from '../../operations/stop-process.ts';
import type { Process } from '../../supervisor/process.ts';
import { type FaultName, RpcFault } from '../../xmlrpc/faults.ts';
import { stopAll } from './stop-all.ts';

/** Resolves to the message when it is done; null for an action that the original does not know. */
export async function classicAction(
  context: OperationContext,
  action: string,
  name: string | null,
): Promise<string | null> {
  const general = generalActions.get(action);
  if (general) return general(context);
  const one = processActions.get(action);
  if (!one || name === null) return null;
  const process = processNamed(context, name);
  return process ? one(context, process, name) : `No such process named ${name}`;
}

type GeneralAction = (context: OperationContext) => Promise<string>;

const generalActions: ReadonlyMap<string, GeneralAction> = new Map(
  Object.entries({
    refresh: async () => `Page refreshed at ${ctime(new Date())}`,
    stopall: async (context) => {
      await stopAll(context, context.supervisor.processesByPriority);
      return `All stopped at ${ctime(new Date())}`;
    },
    restartall: async (context) => {
      const processes = context.supervisor.processesByPriority;
      await stopAll(context, processes);
      await onEach(
        processes,
        () => true,
        (process) => startProcess(process, process.qualifiedName, true),
      );
      return `All restarted at ${ctime(new Date())}`;
    },
  } satisfies Record<string, GeneralAction>),
);

type ProcessAction = (context: OperationContext, process: Process, name: string) => Promise<string>;

const processActions: ReadonlyMap<string, ProcessAction> = new Map(
  Object.entries({
    start: (_, process, name) =>
      told(
        `Process ${name} started`,
        (fault) => startFailures[fault.fault] && `ERROR: Process ${name}: ${startFailures[fault.fault]}`,
        async () => startProcess(process, name, true),
      ),
    stop: (context, process, name) =>
      told(
        `Process ${name} stopped`,
        () => undefined,
        async () => stopProcess(context, process, name, true),
      ),
    restart: async (context, process, name) => {
      await stopAll(context, [process]);
      return told(
        `Process ${name} restarted`,
        () => `Process ${name} restarted`,
        async () => startProcess(process, name, true),
      );
    },
    clearlog: (_, process, name) =>
      told(
        `Log for ${name} cleared`,
        () => undefined,
        () =>
          process.logs.clear().catch(() => {
            throw new RpcFault('FAILED', name);
          }),
      ),
  } satisfies Record<string, ProcessAction>),
);

const startFailures: Partial<Record<FaultName, string>> = {
  NO_FILE: 'no such file',
  NOT_EXECUTABLE: 'file not executable',
  ALREADY_STARTED: 'already started',
  SPAWN_ERROR: 'spawn error',
  ABNORMAL_TERMINATION: 'abnormal termination',
};

async function told(
  success: string,
  failure: (fault: RpcFault) => string | undefined,
  act: () => Promise<void>,
): Promise<string> {
  try {
    await act();
    return success;
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    return failure(error) ?? `unexpected rpc fault [${error.code}] ${error.text}`;
  }
}

function processNamed({ supervisor }: OperationContext, name: string): Process | null {
  try {
    return findProcess(supervisor, name);
  } catch (error) {
    if (error instanceof RpcFault) return null;
    throw error;
  }
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sat Nov 21 05:03:56 2026`, local time, as ctime(3). */
function ctime(date: Date): string {
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  const day = String(date.getDate()).padStart(2, ' ');
  return `${days[date.getDay()]} ${months[date.getMonth()]} ${day} ${clock.join(':')} ${date.getFullYear()}`;
}
