// One event listener's side of the protocol: what it writes to stdout, and what follows from it.
// Pure: bytes and a state go in, the next state and effects come out. It knows neither pools nor events.
import { textOrRepr } from './payload.ts';
import { isAccepted, keptBytes, type ResultHandler } from './result-handler.ts';

export type ListenerState = ListenerProtocol['state'];

/** A value that survives JSON; bytes are kept as text, one character each. */
export type ListenerProtocol =
  /** Waiting for `READY`, of which `pending` has come. */
  | { readonly state: 'ACKNOWLEDGED'; readonly pending: string }
  | { readonly state: 'READY' }
  | { readonly state: 'BUSY'; readonly awaiting: 'line'; readonly pending: string }
  /** `result` keeps only what decides; `missing` bytes are still to come. */
  | { readonly state: 'BUSY'; readonly awaiting: 'result'; readonly missing: number; readonly result: string }
  /** It broke the protocol; nothing it says counts until it is started again. */
  | { readonly state: 'UNKNOWN' };

/** To be performed in order. `requeue`: the event it was busy with is to be sent again. */
export type ListenerEffect =
  /** `result` is as much of it as the handler needs. */
  | { readonly type: 'processed'; readonly result: string }
  | { readonly type: 'rejected' }
  | { readonly type: 'bad-result'; readonly line: string }
  | { readonly type: 'moved'; readonly from: ListenerState; readonly to: ListenerState }
  | { readonly type: 'requeue' };

export interface ListenerStep {
  readonly protocol: ListenerProtocol;
  readonly effects: readonly ListenerEffect[];
}

/** Every process of a pool begins here, each time it is started. */
export const justStarted: ListenerProtocol = { state: 'ACKNOWLEDGED', pending: '' };

/** An event was sent to it. */
export const busy: ListenerProtocol = { state: 'BUSY', awaiting: 'line', pending: '' };

/** What follows from `bytes` of its stdout, however they are cut into pieces. */
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

/** What follows from the end of its process. */
export function end(protocol: ListenerProtocol): ListenerStep {
  return { protocol: justStarted, effects: protocol.state === 'BUSY' ? [{ type: 'requeue' }] : [] };
}

const readyToken = 'READY\n';
/** `RESULT ` is skipped unchecked: listeners that write something else of that length have always worked. */
const resultTokenLength = 7;
/** Longer than any honest result line; what a listener may make us remember. */
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
  // A result of no bytes is complete already; waiting for more input would wait for ever.
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

/** As Python reads a number: blanks around it, a sign, single underscores between digits. Null if it is none or negative. */
function parseLength(text: string): number | null {
  const digits = /^[ \t\n\r\v\f]*([+-]?)(\d+(?:_\d+)*)[ \t\n\r\v\f]*$/.exec(text);
  const magnitude = Number(digits?.[2]?.replaceAll('_', '') ?? Number.NaN);
  if (Number.isNaN(magnitude) || (digits?.[1] === '-' && magnitude > 0)) return null;
  return magnitude;
}
