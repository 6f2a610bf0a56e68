// From XML text to values: a stack of open elements over saxes, with every dimension bounded.
// Which elements a document needs is not decided here.
import { SaxesParser } from 'saxes';
import { meaningOf } from './elements.ts';
import type { RpcValue } from './value.ts';
import { XmlRpcError } from './xml-rpc-error.ts';

export { XmlRpcError } from './xml-rpc-error.ts';

/** Open elements; an array in an array costs three. */
const MAX_DEPTH = 200;
/** Elements and attributes of a document. */
const MAX_ELEMENTS = 1_000_000;

export interface XmlRpcDocument {
  /** The last methodName; null when there was none. */
  readonly method: string | null;
  readonly params: readonly RpcValue[];
  readonly fault: RpcValue | undefined;
}

interface OpenElement {
  readonly tag: string;
  /** What stands before the first child. */
  text: string;
  readonly children: RpcValue[];
}

/**
 * Reads UTF-8 pieces of one document. As the original does, it goes by the names of elements and not by
 * their places: an unknown element is its text, `methodName` and `params` count wherever they are.
 */
export class DocumentReader {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  readonly #parser = new SaxesParser({ position: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  readonly #open: OpenElement[] = [];
  #elements = 0;
  #method: string | null = null;
  #params: readonly RpcValue[] = [];
  #fault: RpcValue | undefined;

  constructor() {
    this.#parser.on('doctype', refuseDoctype);
    this.#parser.on('attribute', () => this.#count());
    this.#parser.on('opentagstart', ({ name }) => this.#enter(name));
    this.#parser.on('text', (text) => this.#addText(text));
    this.#parser.on('cdata', (text) => this.#addText(text));
    this.#parser.on('closetag', () => this.#leave());
  }

  write(piece: Uint8Array): void {
    this.#guarded(() => this.#parser.write(this.#utf8.decode(piece, { stream: true })));
  }

  end(): XmlRpcDocument {
    this.#guarded(() => this.#parser.write(this.#utf8.decode()).close());
    return { method: this.#method, params: this.#params, fault: this.#fault };
  }

  /** saxes reports by Error, TextDecoder by TypeError: both mean that the client sent no XML. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (error instanceof XmlRpcError) throw error;
      throw new XmlRpcError('unmarshallable', error instanceof Error ? error.message : String(error));
    }
  }

  #count(): void {
    if (++this.#elements > MAX_ELEMENTS) throw new XmlRpcError('unmarshallable', 'too many elements');
  }

  #enter(tag: string): void {
    this.#count();
    if (this.#open.length >= MAX_DEPTH) throw new XmlRpcError('unmarshallable', 'nested too deeply');
    this.#open.push({ tag, text: '', children: [] });
  }

  #addText(text: string): void {
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

/** Without a document type there are no entities to expand or to fetch. */
function refuseDoctype(): never {
  throw new XmlRpcError('unmarshallable', 'a document type is not accepted');
}
