// The result of an operation on many processes: an array with a struct per process.
import { type Outcome, onEach, type ProcessOperation } from '../operations/batch.ts';
import type { Process } from '../supervisor/process.ts';
import { faultCodes } from '../xmlrpc/faults.ts';
import type { RpcStruct, RpcValue } from '../xmlrpc/value.ts';
import { asFault } from './faults.ts';

/** Like `onEach`, with outcomes as structs for clients. */
export async function itemsAfter(
  processes: readonly Process[],
  isWanted: (process: Process) => boolean,
  operation: ProcessOperation,
): Promise<RpcValue> {
  return (await onEach(processes, isWanted, operation)).map(item);
}

function item({ process: { name, group }, error }: Outcome): RpcStruct {
  if (error === null) return { name, group, status: faultCodes.SUCCESS, description: 'OK' };
  const { code, text } = asFault(error);
  return { name, group, status: code, description: text };
}
