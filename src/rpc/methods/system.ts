// The system namespace: introspection and multicall.
import { TimeSlice } from '../../event-loop/time-slice.ts';
import type { RequestContext } from '../../operations/context.ts';
import { faultCodes, RpcFault } from '../../xmlrpc/faults.ts';
import { isArray, isStruct, type RpcCall, type RpcValue, sizeOf } from '../../xmlrpc/value.ts';
import { dispatch } from '../dispatch.ts';
import { type Method, type MethodTable, noParams, oneParam } from '../method.ts';
import { calls, methodName } from '../params.ts';

/** Bound on all results of a multicall together, in characters of XML; beyond it the remaining calls fail. */
const maxResultsSize = 32 * 1024 * 1024;

/** Methods beyond the original. Not listed, so that clients that compare lists see those of the original. */
export const ourNamespace = 'tsupervisor';

export function systemMethods(table: MethodTable): Readonly<Record<string, Method>> {
  return {
    listMethods: {
      help: 'Lists the methods there are.',
      returns: { type: 'array', text: 'Their names, sorted' },
      gated: false,
      safe: true,
      ...noParams(() => [...table.keys()].filter((name) => !name.startsWith(`${ourNamespace}.`)).sort()),
    },

    methodHelp: {
      help: 'Describes a method.',
      returns: { type: 'string', text: 'What it does, its parameters, its result' },
      gated: false,
      safe: true,
      ...oneParam(methodName, (_, name) => helpText(documented(table, name))),
    },

    methodSignature: {
      help: 'Tells the types of a method.',
      returns: { type: 'array', text: 'The type of the result, then those of the parameters' },
      gated: false,
      safe: true,
      ...oneParam(methodName, (_, name) => {
        const { params, returns } = documented(table, name);
        return [returns.type, ...params.map(({ type }) => type)];
      }),
    },

    multicall: {
      help: 'Makes several calls, one after the other.',
      returns: { type: 'array', text: 'For each call its result, or a struct of faultCode and faultString' },
      gated: false,
      safe: false,
      ...oneParam(calls, (context, list) => callAll(table, context, list)),
    },
  };
}

function documented(table: MethodTable, name: string): Method {
  const method = table.get(name);
  if (!method) throw new RpcFault('SIGNATURE_UNSUPPORTED');
  return method;
}

/** Tools parse the tag lines: a tag, a type, for parameters a name, then text. */
function helpText({ help, params, returns }: Method): string {
  const lines = params.map(({ type, name, text }) => `@param ${type} ${name} ${text}`);
  return [help, '', ...lines, `@return ${returns.type} result ${returns.text}`].join('\n');
}

async function callAll(
  table: MethodTable,
  context: RequestContext,
  list: readonly RpcValue[],
): Promise<RpcValue> {
  const results: RpcValue[] = [];
  let size = 0;
  const timeSlice = new TimeSlice();
  for (const item of list) {
    const result = size > maxResultsSize ? tooMuch : await resultOf(table, context, item);
    size += sizeOf(result);
    results.push(result);
    if (timeSlice.isOver) await timeSlice.next();
  }
  return results;
}

const tooMuch = {
  faultCode: faultCodes.FAILED,
  faultString:
    'FAILED: the results before this one are too long for one answer; call it in another multicall',
};

async function resultOf(table: MethodTable, context: RequestContext, item: RpcValue): Promise<RpcValue> {
  try {
    return await dispatch(table, context, decodeCall(item));
  } catch (error) {
    if (error instanceof RpcFault) return { faultCode: error.code, faultString: error.text };
    context.supervisor.daemon.log.critical(`XML-RPC multicall raised an unexpected exception: ${error}`);
    return { faultCode: faultCodes.FAILED, faultString: `FAILED: ${error}` };
  }
}

function decodeCall(item: RpcValue): RpcCall {
  if (!isStruct(item)) throw new RpcFault('INCORRECT_PARAMETERS');
  const { methodName: method, params = [] } = item;
  if (typeof method !== 'string' || method === '')
    throw new RpcFault('INCORRECT_PARAMETERS', 'No methodName');
  if (method === 'system.multicall') {
    throw new RpcFault('INCORRECT_PARAMETERS', 'Recursive system.multicall forbidden');
  }
  if (!isArray(params)) throw new RpcFault('INCORRECT_PARAMETERS');
  return { method, params };
}
