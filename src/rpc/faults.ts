// Translates OperationError to XML-RPC faults.
import type { OperationError } from '../operations/operation-error.ts';
import { RpcFault } from '../xmlrpc/faults.ts';

export function asFault({ failure, detail }: OperationError): RpcFault {
  return new RpcFault(failure, detail);
}
