// JSON request bodies of scripts and the page, parsed within limits.
import type { RpcValue } from '../xmlrpc/value.ts';
import { bodyLimits } from './limits.ts';
import type { HttpRequest } from './request.ts';

export type JsonBody =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, RpcValue> }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * An empty body is an empty object. The content type is required because another site's page cannot send it without a
 * CORS preflight, which is never granted.
 */
export function readJson({ headers, body }: Pick<HttpRequest, 'headers' | 'body'>): JsonBody {
  if (!/^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '')) {
    return unreadable('Content-Type: application/json is needed');
  }
  if (body.length === 0) return { kind: 'object', members: new Map() };
  const excess = excessOf(body);
  if (excess !== null) return unreadable(excess);
  const value = parse(body);
  if (value === undefined) return unreadable('the body is no JSON');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return unreadable('the body is to be an object of parameters');
  }
  return { kind: 'object', members: new Map<string, RpcValue>(Object.entries(value)) };
}

function unreadable(reason: string): JsonBody {
  return { kind: 'unreadable', reason };
}

/** Undefined if it is not JSON. */
function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
}

const backslash = 0x5c;
const quote = 0x22;
const openings: ReadonlySet<number> = new Set(Buffer.from('[{'));
const closings: ReadonlySet<number> = new Set(Buffer.from(']}'));
const separators: ReadonlySet<number> = new Set(Buffer.from(',:'));

/**
 * Names the exceeded limit. Checked before parsing, since JSON.parse takes a hundred times the memory of the brackets
 * and commas that it reads.
 */
function excessOf(text: Uint8Array): string | null {
  const { depth: deepest, pieces: most } = bodyLimits.json;
  let depth = 0;
  let pieces = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const byte = text[index] ?? 0;
    if (byte === quote) isInString = !isInString;
    else if (isInString) index += byte === backslash ? 1 : 0;
    else if (separators.has(byte)) pieces += 1;
    else if (openings.has(byte)) {
      pieces += 1;
      depth += 1;
      if (depth > deepest) return `the body is nested more than ${deepest} levels deep`;
    } else if (closings.has(byte)) depth -= 1;
  }
  return pieces > most ? `the body has more than ${most} values` : null;
}
