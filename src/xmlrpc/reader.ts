// Parses XML text into values: a stack of open elements over saxes, with every dimension bounded.
// decode.ts decides which elements a document needs.
import { SaxesParser } from 'saxes';
import { meaningOf } from './elements.ts';
import type { RpcValue } from './value.ts';
import { XmlRpcError } from './xml-rpc-error.ts';

export { XmlRpcError } from './xml-rpc-error.ts';

/** Bounds on a document. */
export interface XmlLimits {
  /** Depth of open elements; a nested array takes three. */
  readonly depth: number;
  /**
   * Number of elements, attributes, pieces of text, CDATA sections, comments and instructions, and of what splits a text or
   * an attribute in the parser: references, carriage returns, tabs. Each costs up to 200 bytes regardless of its length.
   */
  readonly pieces: number;
}

/** Attributes of one element: the parser compares them all with each other when the tag ends. */
const maxAttributes = 100;

export interface XmlRpcDocument {
  /** The last methodName; null when there was none. */
  readonly method: string | null;
  readonly params: readonly RpcValue[];
  readonly fault: RpcValue | undefined;
}

interface OpenElement {
  readonly tag: string;
  /** The text before the first child. */
  text: string;
  readonly children: RpcValue[];
}

/**
 * Reads UTF-8 chunks of one document. Like the original, it goes by the names of elements and not by their position: an
 * unknown element has its text as value, and `methodName` and `params` count anywhere.
 */
export class DocumentReader {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  readonly #parser = new SaxesParser({ position: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  readonly #open: OpenElement[] = [];
  #pieces = 0;
  #attributes = 0;
  #method: string | null = null;
  #params: readonly RpcValue[] = [];
  #fault: RpcValue | undefined;

  constructor(private readonly limits: XmlLimits) {
    this.#parser.on('doctype', refuseDoctype);
    this.#parser.on('comment', () => this.#count(1));
    this.#parser.on('processinginstruction', () => this.#count(1));
    this.#parser.on('attribute', () => this.#countAttribute());
    this.#parser.on('opentagstart', ({ name }) => this.#enter(name));
    this.#parser.on('text', (text) => this.#addText(text));
    this.#parser.on('cdata', (text) => this.#addText(text));
    this.#parser.on('closetag', () => this.#leave());
  }

  write(piece: Uint8Array): void {
    this.#count(splits(piece));
    this.#guarded(() => this.#parser.write(this.#utf8.decode(piece, { stream: true })));
  }

  end(): XmlRpcDocument {
    this.#guarded(() => this.#parser.write(this.#utf8.decode()).close());
    return { method: this.#method, params: this.#params, fault: this.#fault };
  }

  /** saxes throws Error, TextDecoder throws TypeError: either means that the client sent invalid XML. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (error instanceof XmlRpcError) throw error;
      throw new XmlRpcError('unmarshallable', error instanceof Error ? error.message : String(error));
    }
  }

  #count(pieces: number): void {
    this.#pieces += pieces;
    if (this.#pieces > this.limits.pieces) throw new XmlRpcError('unmarshallable', 'too many pieces');
  }

  #countAttribute(): void {
    this.#count(1);
    if (++this.#attributes > maxAttributes) throw new XmlRpcError('unmarshallable', 'too many attributes');
  }

  #enter(tag: string): void {
    this.#count(1);
    this.#attributes = 0;
    if (this.#open.length >= this.limits.depth) throw new XmlRpcError('unmarshallable', 'nested too deeply');
    this.#open.push({ tag, text: '', children: [] });
  }

  #addText(text: string): void {
    this.#count(1);
    const element = this.#open.at(-1);
    if (element && element.children.length === 0) element.text += text;
  }

  #leave(): void {
    const element = this.#open.pop();
    if (!element) return;
    const { tag, text, children } = element;
    if (tag === 'methodName') this.#method = text;
    else if (tag === 'params') this.#params = children;
    else if (tag === 'fault') this.#fault = children[0];
    this.#open.at(-1)?.children.push(meaningOf(tag, text, children));
  }
}

const [AMPERSAND, CARRIAGE_RETURN, TAB] = [0x26, 0x0d, 0x09];

/** Size in characters from which the parser concatenates two texts, which it does without copying them. */
function splits(piece: Uint8Array): number {
  let count = 0;
  for (let index = 0; index < piece.length; index += 1) {
    const byte = piece[index];
    if (byte === AMPERSAND || byte === CARRIAGE_RETURN || byte === TAB) count += 1;
  }
  return count;
}

/** Refuses a document type, so that there are no entities to expand or to fetch. */
function refuseDoctype(): never {
  throw new XmlRpcError('unmarshallable', 'a document type is not accepted');
}
