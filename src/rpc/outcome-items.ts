// The result of an operation on many processes: an array with a struct per process.
import type { Outcome } from '../operations/batch.ts';
import { faultCodes } from '../xmlrpc/faults.ts';
import type { RpcStruct, RpcValue } from '../xmlrpc/value.ts';
import { asFault } from './faults.ts';

/** Outcomes as structs for clients. */
export async function itemsOf(outcomes: Promise<readonly Outcome[]>): Promise<RpcValue> {
  return (await outcomes).map(item);
}

function item({ process: { name, group }, error }: Outcome): RpcStruct {
  if (error === null) return { name, group, status: faultCodes.SUCCESS, description: 'OK' };
  const { code, text } = asFault(error);
  return { name, group, status: code, description: text };
}
