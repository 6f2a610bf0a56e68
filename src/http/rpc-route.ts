// /RPC2: XML-RPC over HTTP. Converts the calls and results of src/rpc to bytes, statuses and log lines.

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
import { ClientLeft, WaitingBody } from './waiting-body.ts';

export interface RpcLog {
  critical(message: string): void;
  error(message: string): void;
  trace(message: string): void;
}

/** Any path that starts with /RPC2, POST only. */
export function rpcRoute(table: MethodTable, context: OperationContext, log: RpcLog): Route {
  const handler = new RpcHandler(table, context, log);
  return atPrefix('/RPC2', ['POST'], 'xml', (request) => handler.handle(request));
}

/** Larger bodies are decoded in slices, so that other clients are served in between. */
const sliceBytes = 16 * 1024;
/** Half of a time slice: the last slice starts before the time is over and takes its own time. */
const turnMs = sliceMs / 2;
/** Bodies above this size are decoded one at a time. */
const bigBytes = 256 * 1024;
/** The size with several thousand processes; memory is released after such a response. */
const bigAnswerCharacters = 8 * 1024 * 1024;
const maxLoggedBytes = 2000;

class RpcHandler {
  readonly #bigBodies = new Mutex();

  constructor(
    private readonly table: MethodTable,
    private readonly context: OperationContext,
    private readonly log: RpcLog,
  ) {}

  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const { body, peer } = request;
    const context = forPeer(this.context, peer);
    const excerpt = excerptOf(body);
    if (body.length > bigBytes) {
      return this.#handleLater(context, excerpt, this.#decodeInTurn(new WaitingBody(body, request.gone)));
    }
    if (body.length > sliceBytes) return this.#handleLater(context, excerpt, decodeInSlices(body));
    try {
      return this.#carryOut(context, decodeCall(body, bodyLimits.xml), excerpt);
    } catch (error) {
      return this.#refuse(error, excerpt);
    }
  }

  #decodeInTurn(waiting: WaitingBody): Promise<RpcCall> {
    return this.#bigBodies.exclusively(async () => decodeInSlices(waiting.bytes), waiting.gone);
  }

  async #handleLater(
    context: RequestContext,
    excerpt: Excerpt,
    decoding: Promise<RpcCall>,
  ): Promise<HttpResponse> {
    let call: RpcCall;
    try {
      call = await decoding;
    } catch (error) {
      return this.#refuse(error, excerpt);
    }
    return this.#carryOut(context, call, excerpt);
  }

  #carryOut(context: RequestContext, call: RpcCall, excerpt: Excerpt): HttpResponse | Promise<HttpResponse> {
    this.log.trace(`XML-RPC method called: ${call.method}()`);
    const returned = (value: RpcValue) => this.#returned(call, value);
    const failed = (error: unknown) => this.#failed(call, error, excerpt);
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
    if (document.length > bigAnswerCharacters) void collectGarbageSoon();
    return xml(document);
  }

  #failed({ method }: RpcCall, error: unknown, excerpt: Excerpt): HttpResponse {
    if (error instanceof RpcFault) {
      this.log.trace(`XML-RPC method ${method}() returned fault: [${error.code}] ${error.text}`);
      return xml(encodeFault(error.code, error.text));
    }
    const reason = error instanceof Error ? error.stack : String(error);
    this.log.critical(
      `Handling XML-RPC request with data ${shown(excerpt)} raised an unexpected exception: ${reason}`,
    );
    return errorResponse(500);
  }

  #refuse(error: unknown, excerpt: Excerpt): HttpResponse {
    if (error instanceof ClientLeft) return errorResponse(400);
    if (!(error instanceof XmlRpcError)) throw error;
    this.log.error(`XML-RPC request data ${shown(excerpt)} is invalid: ${error.message}`);
    return errorResponse(400);
  }
}

async function decodeInSlices(body: Uint8Array): Promise<RpcCall> {
  const decoder = new CallDecoder(bodyLimits.xml);
  const timeSlice = new TimeSlice(turnMs);
  for (let start = 0; start < body.length; start += sliceBytes) {
    decoder.write(body.subarray(start, start + sliceBytes));
    if (timeSlice.isOver) await timeSlice.next();
  }
  return decoder.end();
}

function xml(body: string): HttpResponse {
  return { status: 200, headers: [['Content-Type', 'text/xml']], body };
}

/** The part of a body that is logged; the whole is not kept while its call runs. */
interface Excerpt {
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
}

function excerptOf(body: Uint8Array): Excerpt {
  const isCut = body.length > maxLoggedBytes;
  return { bytes: isCut ? body.slice(0, maxLoggedBytes) : body, isCut };
}

function shown({ bytes, isCut }: Excerpt): string {
  return pythonRepr(Buffer.from(bytes).toString()) + (isCut ? '...' : '');
}
