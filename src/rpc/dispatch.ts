// Dispatches one call: looks its method up, checks the arguments, returns the result or throws the fault.

import type { RequestContext } from '../operations/context.ts';
import { OperationError } from '../operations/operation-error.ts';
import { RpcFault } from '../xmlrpc/faults.ts';
import type { RpcCall } from '../xmlrpc/value.ts';
import { asFault } from './faults.ts';
import type { Answer, MethodTable } from './method.ts';

/** Throws or rejects with RpcFault; any other error is a bug. */
export function dispatch(
  table: MethodTable,
  context: RequestContext,
  { method: name, params }: RpcCall,
): Answer {
  const method = table.get(name);
  if (!method) throw new RpcFault('UNKNOWN_METHOD');
  const required = method.params.filter(({ optional }) => !optional).length;
  if (params.length < required || params.length > method.params.length) {
    throw new RpcFault('INCORRECT_PARAMETERS');
  }
  if (method.gated && context.supervisor.state !== 'RUNNING') throw new RpcFault('SHUTDOWN_STATE');
  try {
    const answer = method.call(context, params);
    return answer instanceof Promise ? answer.catch(throwAsFault) : answer;
  } catch (error) {
    return throwAsFault(error);
  }
}

function throwAsFault(error: unknown): never {
  throw error instanceof OperationError ? asFault(error) : error;
}
