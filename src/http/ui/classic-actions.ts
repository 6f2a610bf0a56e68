// The links of the original's page, `/?processname=NAME&action=start`, which scripts and bookmarks use. Messages are
// the original's.

import { clearOpenLogs } from '../../operations/clear.ts';
import type { RequestContext } from '../../operations/context.ts';
import { findProcess } from '../../operations/find-process.ts';
import { OperationError, type OperationFailure } from '../../operations/operation-error.ts';
import { restart } from '../../operations/restart.ts';
import { start } from '../../operations/start.ts';
import { stop, stopAll } from '../../operations/stop.ts';
import { asFault } from '../../rpc/faults.ts';
import type { Process } from '../../supervisor/process.ts';

/** Resolves to the message; null for an action that the original does not know. */
export async function classicAction(
  context: RequestContext,
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

type GeneralAction = (context: RequestContext) => Promise<string>;

const generalActions: ReadonlyMap<string, GeneralAction> = new Map<string, GeneralAction>([
  ['refresh', async () => `Page refreshed at ${ctime(new Date())}`],
  [
    'stopall',
    async ({ supervisor, requester }) => {
      await stopAll(supervisor.processesByPriority, requester());
      return `All stopped at ${ctime(new Date())}`;
    },
  ],
  [
    'restartall',
    async ({ supervisor, requester }) => {
      const labelOf = (process: Process) => process.qualifiedName;
      await restart(supervisor.processesByPriority, { by: requester(), labelOf });
      return `All restarted at ${ctime(new Date())}`;
    },
  ],
]);

type ProcessAction = (context: RequestContext, process: Process, name: string) => Promise<string>;

const processActions: ReadonlyMap<string, ProcessAction> = new Map<string, ProcessAction>([
  [
    'start',
    ({ requester }, process, label) =>
      told(
        `Process ${label} started`,
        ({ failure }) => startFailures[failure] && `ERROR: Process ${label}: ${startFailures[failure]}`,
        async () => start(process, { by: requester(), label, wait: true }),
      ),
  ],
  [
    'stop',
    ({ requester }, process, label) =>
      told(
        `Process ${label} stopped`,
        () => undefined,
        async () => stop(process, { by: requester(), label, wait: true }),
      ),
  ],
  [
    'restart',
    async ({ requester }, process, label) => {
      await restart([process], { by: requester(), labelOf: () => label });
      return `Process ${label} restarted`;
    },
  ],
  [
    'clearlog',
    (_, process, label) =>
      told(
        `Log for ${label} cleared`,
        () => undefined,
        () => clearOpenLogs(process, label),
      ),
  ],
]);

const startFailures: Partial<Record<OperationFailure, string>> = {
  NO_FILE: 'no such file',
  NOT_EXECUTABLE: 'file not executable',
  ALREADY_STARTED: 'already started',
  SPAWN_ERROR: 'spawn error',
  ABNORMAL_TERMINATION: 'abnormal termination',
};

async function told(
  success: string,
  failure: (error: OperationError) => string | undefined,
  act: () => Promise<void>,
): Promise<string> {
  try {
    await act();
    return success;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const { code, text } = asFault(error);
    return failure(error) ?? `unexpected rpc fault [${code}] ${text}`;
  }
}

function processNamed({ supervisor }: RequestContext, name: string): Process | null {
  try {
    return findProcess(supervisor, name);
  } catch (error) {
    if (error instanceof OperationError) return null;
    throw error;
  }
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sat Nov 21 05:03:56 2026`, local time, as in ctime(3). */
function ctime(date: Date): string {
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  const day = String(date.getDate()).padStart(2, ' ');
  return `${days[date.getDay()]} ${months[date.getMonth()]} ${day} ${clock.join(':')} ${date.getFullYear()}`;
}
