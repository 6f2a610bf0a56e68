// /RPC2: XML-RPC over HTTP. Calls and answers are src/rpc's; here they become bytes, statuses and log lines.

import { collectGarbageSoon } from '../event-loop/collect-garbage.ts';
import { Mutex } from '../event-loop/mutex.ts';
import { sliceMs, TimeSlice } from '../event-loop/time-slice.ts';
import type { OperationContext, RequestContext } from '../operations/context.ts';
import { pythonRepr } from '../python/repr.ts';
import { dispatch } from '../rpc/dispatch.ts';
import type { Answer, MethodTable } from '../rpc/method.ts';
import { CallDecoder, decodeCall, XmlRpcError } from '../xmlrpc/decode.ts';
import { encodeFault, encodeResponse } from '../xmlrpc/encode.ts';
import { RpcFault } from '../xmlrpc/faults.ts';
import type { RpcCall, RpcValue } from '../xmlrpc/value.ts';
import { bodyLimits } from './limits.ts';
import { forPeer } from './peer.ts';
import type { HttpRequest } from './request.ts';
import { errorResponse, type HttpResponse } from './response.ts';
import { atPrefix, type Route } from './router.ts';

export interface RpcLog {
  critical(message: string): void;
  error(message: string): void;
  trace(message: string): void;
}

/** Any path that begins with /RPC2, POST only. */
export function rpcRoute(table: MethodTable, context: OperationContext, log: RpcLog): Route {
  const handler = new RpcHandler(table, context, log);
  return atPrefix('/RPC2', ['POST'], 'xml', (request) => handler.handle(request));
}

/** More than this is decoded in slices, so that others are answered in between. */
const SLICE_BYTES = 16 * 1024;
/** Half of the longest turn: the last slice begins before the time is over, and takes its own. */
const TURN_MS = sliceMs / 2;
/** Of these only one is decoded at a time. */
const BIG_BYTES = 256 * 1024;
/** Of several thousand processes; the memory that such an answer has taken is given back. */
const BIG_ANSWER_CHARACTERS = 8 * 1024 * 1024;
const MAX_LOGGED_CHARACTERS = 2000;

class RpcHandler {
  readonly #bigBodies = new Mutex();

  constructor(
    private readonly table: MethodTable,
    private readonly context: OperationContext,
    private readonly log: RpcLog,
  ) {}

  handle({ body, peer }: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const context = forPeer(this.context, peer);
    if (body.length > SLICE_BYTES) return this.#handleBig(context, body);
    try {
      return this.#carryOut(context, decodeCall(body, bodyLimits.xml), body);
    } catch (error) {
      return this.#refuse(error, body);
    }
  }

  async #handleBig(context: RequestContext, body: Uint8Array): Promise<HttpResponse> {
    const decode = () => decodeInSlices(body);
    let call: RpcCall;
    try {
      call = await (body.length > BIG_BYTES ? this.#bigBodies.inTurn(decode) : decode());
    } catch (error) {
      return this.#refuse(error, body);
    }
    return this.#carryOut(context, call, body);
  }

  #carryOut(context: RequestContext, call: RpcCall, body: Uint8Array): HttpResponse | Promise<HttpResponse> {
    this.log.trace(`XML-RPC method called: ${call.method}()`);
    const returned = (value: RpcValue) => this.#returned(call, value);
    const failed = (error: unknown) => this.#failed(call, error, body);
    try {
      const answer: Answer = dispatch(this.table, context, call);
      return answer instanceof Promise ? answer.then(returned, failed) : returned(answer);
    } catch (error) {
      return failed(error);
    }
  }

  #returned({ method }: RpcCall, value: RpcValue): HttpResponse {
    this.log.trace(`XML-RPC method ${method}() returned successfully`);
    const document = encodeResponse(value);
    if (document.length > BIG_ANSWER_CHARACTERS) void collectGarbageSoon();
    return xml(document);
  }

  #failed({ method }: RpcCall, error: unknown, body: Uint8Array): HttpResponse {
    if (error instanceof RpcFault) {
      this.log.trace(`XML-RPC method ${method}() returned fault: [${error.code}] ${error.text}`);
      return xml(encodeFault(error.code, error.text));
    }
    const reason = error instanceof Error ? error.stack : String(error);
    this.log.critical(
      `Handling XML-RPC request with data ${shown(body)} raised an unexpected exception: ${reason}`,
    );
    return errorResponse(500);
  }

  #refuse(error: unknown, body: Uint8Array): HttpResponse {
    if (!(error instanceof XmlRpcError)) throw error;
    this.log.error(`XML-RPC request data ${shown(body)} is invalid: ${error.message}`);
    return errorResponse(400);
  }
}

async function decodeInSlices(body: Uint8Array): Promise<RpcCall> {
  const decoder = new CallDecoder(bodyLimits.xml);
  const timeSlice = new TimeSlice(TURN_MS);
  for (let start = 0; start < body.length; start += SLICE_BYTES) {
    decoder.write(body.subarray(start, start + SLICE_BYTES));
    if (timeSlice.isOver) await timeSlice.next();
  }
  return decoder.end();
}

function xml(body: string): HttpResponse {
  return { status: 200, headers: [['Content-Type', 'text/xml']], body };
}

function shown(body: Uint8Array): string {
  const text = Buffer.from(body.subarray(0, MAX_LOGGED_CHARACTERS)).toString();
  return pythonRepr(text) + (body.length > MAX_LOGGED_CHARACTERS ? '...' : '');
}
