// Incremental HTTP/1.x request parser. Pure: neither responds nor waits. Lenient where the original's clients need it
// (empty Host, stray line ends before a request, no version), strict where an ambiguity would move the boundary
// between two requests (request smuggling).
import type { ContentLength, HttpVersion, RequestHead } from './request.ts';

export type ParserEvent =
  | { readonly kind: 'head'; readonly head: RequestHead }
  /** Never empty. */
  | { readonly kind: 'body'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  /** Malformed or too large; nothing after it on the connection can be interpreted. */
  | { readonly kind: 'refused'; readonly status: 400 | 431; readonly line: string };

/** Request line and header lines together. */
export const maxHeadBytes = 32 * 1024;

/** Pull-based: bytes of pipelined requests stay here until the earlier ones are answered. */
export class RequestParser {
  #pending: Uint8Array = new Uint8Array(0);
  /** Prefix of #pending already searched for the end of the head. */
  #searched = 0;
  #bodyLeft = 0;
  #state: 'head' | 'body' | 'refused' = 'head';

  push(bytes: Uint8Array): void {
    if (this.#state === 'refused') return;
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
  }

  /** Bytes pushed but not yet returned. */
  get pendingBytes(): number {
    return this.#pending.length;
  }

  /** True between the first and the last byte of a request. */
  get isInsideRequest(): boolean {
    return this.#state === 'body' || (this.#state === 'head' && this.#pending.length > 0);
  }

  /** Ignores all further input. */
  discard(): void {
    this.#state = 'refused';
    this.#pending = new Uint8Array(0);
  }

  /** The next event, or null until more is pushed. */
  next(): ParserEvent | null {
    switch (this.#state) {
      case 'head':
        return this.#readHead();
      case 'body':
        return this.#readBody();
      case 'refused':
        return null;
    }
  }

  #readHead(): ParserEvent | null {
    this.#skipEmptyLines();
    const end = endOfHead(this.#pending, this.#searched);
    if (end === null ? this.#pending.length > maxHeadBytes : end > maxHeadBytes) return this.#refuse(431);
    if (end === null) {
      this.#searched = this.#pending.length;
      return null;
    }
    const head = parseHead(this.#pending.subarray(0, end));
    if (head === null) return this.#refuse(400);
    this.#take(end + headTerminator.length);
    this.#bodyLeft = head.contentLength.kind === 'bytes' ? head.contentLength.bytes : 0;
    this.#state = 'body';
    return { kind: 'head', head };
  }

  #readBody(): ParserEvent | null {
    if (this.#bodyLeft === 0) {
      this.#state = 'head';
      return { kind: 'end' };
    }
    if (this.#pending.length === 0) return null;
    const bytes = this.#pending.subarray(0, this.#bodyLeft);
    this.#bodyLeft -= bytes.length;
    this.#take(bytes.length);
    return { kind: 'body', bytes };
  }

  #skipEmptyLines(): void {
    let start = 0;
    while (this.#pending[start] === carriageReturn && this.#pending[start + 1] === lineFeed) start += 2;
    if (start > 0) this.#take(start);
  }

  #take(length: number): void {
    this.#pending = this.#pending.subarray(length);
    this.#searched = 0;
  }

  #refuse(status: 400 | 431): ParserEvent {
    const line = firstLine(this.#pending);
    this.discard();
    return { kind: 'refused', status, line };
  }
}

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const headTerminator = Buffer.from('\r\n\r\n');
const maxLoggedLine = 200;

function endOfHead(bytes: Uint8Array, searched: number): number | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = view.indexOf(headTerminator, Math.max(0, searched - headTerminator.length + 1));
  return at < 0 ? null : at;
}

function firstLine(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, maxLoggedLine)).toString();
  return text.split('\r\n', 1)[0] ?? '';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const requestLine = /^([^ ]+) ([^ ]+)(?: HTTP\/(\d+(?:\.\d+)*))?$/;

function parseHead(bytes: Uint8Array): RequestHead | null {
  try {
    const text = utf8.decode(bytes);
    const [line = '', ...fields] = text.split('\r\n');
    if (hasStrayControl(text)) return null;
    const [, method, target, version] = requestLine.exec(line) ?? [];
    if (method === undefined || target === undefined || isFolded(fields[0])) return null;
    const lists = parseFields(fields);
    if (lists === null || (lists.get('host')?.length ?? 0) > 1) return null;
    const headers = new Map([...lists].map(([name, [value = '']]) => [name, value]));
    const query = target.indexOf('?');
    return {
      line,
      method,
      path: decodePath(query < 0 ? target : target.slice(0, query)),
      query: query < 0 ? '' : target.slice(query + 1),
      version: answerable(version),
      headers,
      contentLength: contentLength(lists),
    };
  } catch {
    // Neither UTF-8 nor percent-encoded UTF-8.
    return null;
  }
}

/** What another program, such as a proxy in front of us, could take for a line end (RFC 9112, 2.2; RFC 9110, 5.5). */
function hasStrayControl(text: string): boolean {
  return /\0|\r(?!\n)|(?<!\r)\n/.test(text);
}

function isFolded(line: string | undefined): boolean {
  return line !== undefined && /^[ \t]/.test(line);
}

/** The version to respond with: only 1.0 and 1.1 have this wire format. */
function answerable(version: string | undefined): HttpVersion {
  if (version === undefined) return 'none';
  return version === '1.0' ? '1.0' : '1.1';
}

/** Like the original, decodes octet by octet and never fails: an invalid escape is kept as it is. */
function decodePath(path: string): string {
  return path.includes('%') ? decodeURIComponent(path.replace(/%(?![0-9a-fA-F]{2})/g, '%25')) : path;
}

const fieldPattern = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/s;

/**
 * All values of each name. Null if a line is not a field: an invalid name, or a blank before the colon, is meant to
 * make two programs see different requests (RFC 9112, 5.1).
 */
function parseFields(lines: readonly string[]): Map<string, string[]> | null {
  const fields = new Map<string, string[]>();
  for (const line of unfolded(lines)) {
    const [, name, value] = fieldPattern.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    const key = name.toLowerCase();
    const values = fields.get(key);
    if (values) values.push(trimBlanks(value));
    else fields.set(key, [trimBlanks(value)]);
  }
  return fields;
}

/** Spaces and tabs only: String.trim would also remove what other programs regard as part of the value. */
function trimBlanks(value: string): string {
  let [start, end] = [0, value.length];
  while (isBlank(value[start])) start += 1;
  while (end > start && isBlank(value[end - 1])) end -= 1;
  return value.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function unfolded(lines: readonly string[]): string[] {
  const whole: string[] = [];
  for (const line of lines) {
    if (isFolded(line)) whole.push(`${whole.pop() ?? ''} ${trimBlanks(line)}`);
    else whole.push(line);
  }
  return whole;
}

function contentLength(fields: ReadonlyMap<string, readonly string[]>): ContentLength {
  if (fields.has('transfer-encoding')) return { kind: 'coded' };
  const values = fields.get('content-length');
  if (!values) return { kind: 'none' };
  const [text = ''] = values;
  const bytes = /^\d{1,15}$/.test(text) ? Number(text) : null;
  if (bytes === null || values.some((other) => other !== text)) return { kind: 'wrong', text };
  return { kind: 'bytes', bytes };
}
