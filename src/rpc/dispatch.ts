// One call: its name looked up, its arguments counted, its answer or its fault.

import type { OperationContext } from '../operations/context.ts';
import { RpcFault } from '../xmlrpc/faults.ts';
import type { RpcCall } from '../xmlrpc/value.ts';
import type { Answer, MethodTable } from './method.ts';

/** Throws or rejects with RpcFault; anything else that comes out of it is a mistake of ours. */
export function dispatch(
  table: MethodTable,
  context: OperationContext,
  { method: name, params }: RpcCall,
): Answer {
  const method = table.get(name);
  if (!method) throw new RpcFault('UNKNOWN_METHOD');
  const required = method.params.filter(({ optional }) => !optional).length;
  if (params.length < required || params.length > method.params.length) {
    throw new RpcFault('INCORRECT_PARAMETERS');
  }
  if (method.gated && context.supervisor.state !== 'RUNNING') throw new RpcFault('SHUTDOWN_STATE');
  return method.call(context, params);
}
