// One action on many processes: an item of the result for each, in the order in which they are done.
import { TimeSlice } from '../event-loop/time-slice.ts';
import type { Process } from '../supervisor/process.ts';
import { faultCodes, RpcFault } from '../xmlrpc/faults.ts';
import type { RpcStruct, RpcValue } from '../xmlrpc/value.ts';

/**
 * Begins the action on every process for which it is wanted, then waits for all. What is wanted is asked
 * for each at its turn, as others act in the meantime.
 */
export async function onEach(
  processes: readonly Process[],
  isWanted: (process: Process) => boolean,
  action: (process: Process) => void | Promise<void>,
): Promise<RpcValue> {
  const items: RpcStruct[] = [];
  const unfinished: Promise<void>[] = [];
  const timeSlice = new TimeSlice();
  for (const process of processes) {
    if (isWanted(process)) {
      const pending = begin(process, action, items);
      if (pending) unfinished.push(pending);
    }
    if (timeSlice.isOver) await timeSlice.next();
  }
  await Promise.all(unfinished);
  return items;
}

function begin(
  process: Process,
  action: (process: Process) => void | Promise<void>,
  items: RpcStruct[],
): Promise<void> | null {
  const done = () => void items.push(item(process, faultCodes.SUCCESS, 'OK'));
  const failed = (error: unknown) => {
    if (!(error instanceof RpcFault)) throw error;
    items.push(item(process, error.code, error.text));
  };
  try {
    const pending = action(process);
    if (pending) return pending.then(done, failed);
    done();
  } catch (error) {
    failed(error);
  }
  return null;
}

function item({ name, group }: Process, status: number, description: string): RpcStruct {
  return { name, group, status, description };
}
