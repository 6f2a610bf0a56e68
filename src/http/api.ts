// /api/v1: the methods of the RPC interface as JSON. One URL per method; parameters by name, from a JSON object or,
// for read-only methods, from the query.
import type { OperationContext, RequestContext } from '../operations/context.ts';
import { dispatch } from '../rpc/dispatch.ts';
import type { Method, MethodTable } from '../rpc/method.ts';
import { type FaultName, RpcFault } from '../xmlrpc/faults.ts';
import type { RpcValue } from '../xmlrpc/value.ts';
import { apiPath, isOfApi } from './api-error.ts';
import { readJson } from './json-body.ts';
import { json } from './json-response.ts';
import { openApiDocument } from './openapi.ts';
import { forPeer } from './peer.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse, Status } from './response.ts';
import { at, type Route } from './router.ts';

export function apiRoutes(table: MethodTable, context: OperationContext): readonly Route[] {
  const document = json(200, openApiDocument(table));
  return [
    at(`${apiPath}/openapi.json`, ['GET', 'HEAD'], 'unused', () => document),
    methodRoute(table, context),
  ];
}

/** `/api/v1/supervisor.getState`; GET only for read-only methods. */
function methodRoute(table: MethodTable, context: OperationContext): Route {
  const find: Route['find'] = (head) => {
    if (!isOfApi(head.path)) return null;
    const name = head.path.slice(apiPath.length + 1);
    if (name === '') return () => refusal(404, `name a method: ${apiPath}/openapi.json tells of all`);
    const method = table.get(name);
    if (!method) return () => refusal(404, `there is no method ${name}`);
    if (head.method !== 'POST' && !(head.method === 'GET' && method.safe)) {
      return () => refusal(405, `${name} is called by ${method.safe ? 'GET or POST' : 'POST'}`);
    }
    return (request) => call(table, forPeer(context, request.peer), name, () => argumentsOf(method, request));
  };
  return { path: apiPath, body: 'json', find };
}

/** A request that does not describe a valid call. */
class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

async function call(
  table: MethodTable,
  context: RequestContext,
  method: string,
  readParams: () => readonly RpcValue[],
): Promise<HttpResponse> {
  try {
    return json(200, { result: await dispatch(table, context, { method, params: readParams() }) });
  } catch (error) {
    if (error instanceof BadRequest) return refusal(400, error.message);
    if (!(error instanceof RpcFault)) throw error;
    const { code, fault: name, text } = error;
    return json(statusOf[name], { error: text, fault: { code, name } });
  }
}

function refusal(status: Status, error: string): HttpResponse {
  return json(status, { error });
}

const statusOf: Readonly<Record<FaultName, Status>> = {
  UNKNOWN_METHOD: 404,
  INCORRECT_PARAMETERS: 400,
  BAD_ARGUMENTS: 400,
  SIGNATURE_UNSUPPORTED: 404,
  SHUTDOWN_STATE: 503,
  BAD_NAME: 404,
  BAD_SIGNAL: 400,
  NO_FILE: 404,
  NOT_EXECUTABLE: 409,
  FAILED: 500,
  ABNORMAL_TERMINATION: 409,
  SPAWN_ERROR: 409,
  ALREADY_STARTED: 409,
  NOT_RUNNING: 409,
  ALREADY_ADDED: 409,
  STILL_RUNNING: 409,
  CANT_REREAD: 409,
};

/** In the order of the parameters; optional ones may be missing at the end. */
function argumentsOf({ params }: Method, request: HttpRequest): readonly RpcValue[] {
  const given = request.method === 'GET' ? fromQuery(request.query) : fromBody(request);
  const known = new Set(params.map(({ name }) => name));
  for (const name of given.keys()) {
    if (!known.has(name)) throw new BadRequest(`unknown parameter ${name}`);
  }
  const values: RpcValue[] = [];
  for (const { name, optional } of params) {
    const value = given.get(name);
    if (value !== undefined) values.push(value);
    else if (!optional) throw new BadRequest(`missing parameter ${name}`);
  }
  return values;
}

function fromQuery(query: string): ReadonlyMap<string, RpcValue> {
  return new Map(new URLSearchParams(query));
}

function fromBody(request: HttpRequest): ReadonlyMap<string, RpcValue> {
  const body = readJson(request);
  if (body.kind === 'unreadable') throw new BadRequest(body.reason);
  return body.members;
}
