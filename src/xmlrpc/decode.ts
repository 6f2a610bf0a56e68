// Decodes XML-RPC documents from the network: calls for the server, responses for the client.
// The input is hostile: anything but a well-formed, bounded document is an XmlRpcError.

import { DocumentReader, type XmlLimits, XmlRpcError } from './reader.ts';
import { isStruct, type RpcCall, type RpcResponse } from './value.ts';

export { XmlRpcError } from './reader.ts';

/** Decodes a methodCall; like in the original, the name of the root element does not matter. Throws XmlRpcError. */
export function decodeCall(body: Uint8Array, limits: XmlLimits): RpcCall {
  const decoder = new CallDecoder(limits);
  decoder.write(body);
  return decoder.end();
}

/** An incremental decoder of a call, so that a large one can be decoded in time slices. */
export class CallDecoder {
  readonly #reader: DocumentReader;

  constructor(limits: XmlLimits) {
    this.#reader = new DocumentReader(limits);
  }

  /** Throws XmlRpcError as soon as the document cannot become a valid call. */
  write(piece: Uint8Array): void {
    this.#reader.write(piece);
  }

  end(): RpcCall {
    const { method, params } = this.#reader.end();
    if (!method) throw new XmlRpcError('no method name');
    return { method, params };
  }
}

/** Bounds for a server that the user has chosen; a log may have any number of lines and `&lt;`. */
const responseLimits: XmlLimits = { depth: 200, pieces: Number.POSITIVE_INFINITY };

/** Decodes a methodResponse. Throws XmlRpcError. */
export function decodeResponse(body: Uint8Array): RpcResponse {
  const reader = new DocumentReader(responseLimits);
  reader.write(body);
  const { params, fault } = reader.end();
  if (fault !== undefined) {
    if (!isStruct(fault)) throw new XmlRpcError('unmarshallable', 'a fault is a struct');
    return { kind: 'fault', code: Number(fault.faultCode), text: String(fault.faultString) };
  }
  const value = params[0];
  if (value === undefined) throw new XmlRpcError('unmarshallable', 'a response has one param or a fault');
  return { kind: 'value', value };
}
