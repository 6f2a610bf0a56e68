// Parses the listener protocol of one event listener, from the bytes of its stdout.
// Pure: (state, bytes) -> (state, effects). Knows neither pools nor events.
import { textOrRepr } from './payload.ts';
import { isAccepted, keptBytes, type ResultHandler } from './result-handler.ts';

export type ListenerState = ListenerProtocol['state'];

/** Serialisable as JSON; bytes are text, one character each (Latin-1). */
export type ListenerProtocol =
  /** Waiting for `READY`, of which `pending` has arrived. */
  | { readonly state: 'ACKNOWLEDGED'; readonly pending: string }
  | { readonly state: 'READY' }
  | { readonly state: 'BUSY'; readonly awaiting: 'line'; readonly pending: string }
  /** `result` has only the bytes that decide; `missing` bytes are still expected. */
  | { readonly state: 'BUSY'; readonly awaiting: 'result'; readonly missing: number; readonly result: string }
  /** It has violated the protocol; its output is ignored until it is started again. */
  | { readonly state: 'UNKNOWN' };

/** Effects, to be performed in order. `requeue`: its current event must be sent again. */
export type ListenerEffect =
  /** `result` is cut to what the handler needs. */
  | { readonly type: 'processed'; readonly result: string }
  | { readonly type: 'rejected' }
  | { readonly type: 'bad-result'; readonly line: string }
  | { readonly type: 'moved'; readonly from: ListenerState; readonly to: ListenerState }
  | { readonly type: 'requeue' };

export interface ListenerStep {
  readonly protocol: ListenerProtocol;
  readonly effects: readonly ListenerEffect[];
}

/** The initial state of each child of a pool. */
export const justStarted: ListenerProtocol = { state: 'ACKNOWLEDGED', pending: '' };

/** An event was sent to it. */
export const busy: ListenerProtocol = { state: 'BUSY', awaiting: 'line', pending: '' };

/** Handles `bytes` of its stdout, in chunks of any size. */
export function receive(
  protocol: ListenerProtocol,
  bytes: Uint8Array,
  handler: ResultHandler = 'standard',
): ListenerStep {
  let step: Turn = { protocol, effects: [], rest: Buffer.from(bytes).toString('latin1') };
  const effects: ListenerEffect[] = [];
  while (step.rest !== '') {
    step = turn(step.protocol, step.rest, handler);
    effects.push(...step.effects);
  }
  return { protocol: step.protocol, effects };
}

/** Handles the exit of its process. */
export function end(protocol: ListenerProtocol): ListenerStep {
  return { protocol: justStarted, effects: protocol.state === 'BUSY' ? [{ type: 'requeue' }] : [] };
}

const readyToken = 'READY\n';
/** `RESULT ` is skipped unchecked, like in the original: listeners that write something else of that length work. */
const resultTokenLength = 7;
/** Bound on a buffered result line, longer than any valid one. */
const maxResultLine = 4096;

interface Turn extends ListenerStep {
  readonly rest: string;
}

function turn(protocol: ListenerProtocol, input: string, handler: ResultHandler): Turn {
  switch (protocol.state) {
    case 'ACKNOWLEDGED':
      return whileAcknowledged(protocol.pending + input);
    case 'READY':
      return { ...breach('READY'), rest: '' };
    case 'BUSY':
      return protocol.awaiting === 'line'
        ? whileAwaitingLine(protocol.pending, input, handler)
        : whileAwaitingResult(protocol.missing, protocol.result, input, handler);
    case 'UNKNOWN':
      return { protocol, effects: [], rest: '' };
  }
}

function whileAcknowledged(input: string): Turn {
  if (input.length < readyToken.length) {
    return { protocol: { state: 'ACKNOWLEDGED', pending: input }, effects: [], rest: '' };
  }
  if (!input.startsWith(readyToken)) return { ...breach('ACKNOWLEDGED'), rest: '' };
  return {
    protocol: { state: 'READY' },
    effects: [{ type: 'moved', from: 'ACKNOWLEDGED', to: 'READY' }],
    rest: input.slice(readyToken.length),
  };
}

function whileAwaitingLine(pending: string, input: string, handler: ResultHandler): Turn {
  const newline = input.indexOf('\n');
  const line = newline < 0 ? pending + input : pending + input.slice(0, newline);
  if (line.length > maxResultLine) return badResult(line.slice(0, maxResultLine));
  if (newline < 0) {
    return { protocol: { state: 'BUSY', awaiting: 'line', pending: line }, effects: [], rest: '' };
  }
  const length = parseLength(line.slice(resultTokenLength));
  if (length === null) return badResult(line);
  const rest = input.slice(newline + 1);
  // A result of zero bytes is complete already; no further input may ever arrive.
  if (length === 0) return { ...verdict('', handler), rest };
  return { protocol: { state: 'BUSY', awaiting: 'result', missing: length, result: '' }, effects: [], rest };
}

function whileAwaitingResult(missing: number, result: string, input: string, handler: ResultHandler): Turn {
  const known = (result + input.slice(0, missing)).slice(0, keptBytes(handler));
  if (input.length < missing) {
    const left = missing - input.length;
    return {
      protocol: { state: 'BUSY', awaiting: 'result', missing: left, result: known },
      effects: [],
      rest: '',
    };
  }
  return { ...verdict(known, handler), rest: input.slice(missing) };
}

function verdict(result: string, handler: ResultHandler): ListenerStep {
  const moved = { type: 'moved', from: 'BUSY', to: 'ACKNOWLEDGED' } as const;
  if (isAccepted(handler, result))
    return { protocol: justStarted, effects: [{ type: 'processed', result }, moved] };
  return { protocol: justStarted, effects: [{ type: 'rejected' }, moved, { type: 'requeue' }] };
}

function badResult(line: string): Turn {
  const { protocol, effects } = breach('BUSY');
  const report = { type: 'bad-result', line: textOrRepr(Buffer.from(line, 'latin1')) } as const;
  return { protocol, effects: [report, ...effects, { type: 'requeue' }], rest: '' };
}

function breach(from: ListenerState): ListenerStep {
  return { protocol: { state: 'UNKNOWN' }, effects: [{ type: 'moved', from, to: 'UNKNOWN' }] };
}

/**
 * A number as Python's int() reads it: surrounding blanks, a sign, single underscores between digits. Null if invalid
 * or negative.
 */
function parseLength(text: string): number | null {
  const digits = /^[ \t\n\r\v\f]*([+-]?)(\d+(?:_\d+)*)[ \t\n\r\v\f]*$/.exec(text);
  const magnitude = Number(digits?.[2]?.replaceAll('_', '') ?? Number.NaN);
  if (Number.isNaN(magnitude) || (digits?.[1] === '-' && magnitude > 0)) return null;
  // Longer than anything that can arrive, and a number in JSON.
  return Math.min(magnitude, Number.MAX_SAFE_INTEGER);
}
