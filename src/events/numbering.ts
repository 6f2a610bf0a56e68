// Serial numbers of events, and their encoding for listeners.
import { payloadOf } from './payload.ts';
import type { ConcreteEventName, SupervisorEvent } from './types.ts';

/** An event that at least one pool has accepted. Serialisable. */
export interface NumberedEvent {
  readonly serial: number;
  readonly name: ConcreteEventName;
  readonly payload: string;
}

/** The daemon's only counter: an event has the same serial in every pool; an event without a subscriber has none. */
export class EventSerials {
  readonly #numbered = new WeakMap<SupervisorEvent, NumberedEvent>();

  /** `next` is the serial of the next event; a restart in place continues the sequence. */
  constructor(public next = 0) {}

  numbered(event: SupervisorEvent): NumberedEvent {
    const known = this.#numbered.get(event);
    if (known) return known;
    const numbered = { serial: this.next++, name: event.type, payload: payloadOf(event) };
    this.#numbered.set(event, numbered);
    return numbered;
  }
}

export interface Envelope {
  readonly identifier: string;
  readonly pool: string;
  readonly poolSerial: number;
}

/** Header line and payload. `len` counts Unicode code points, because listeners read text, not bytes. */
export function encodeEvent(event: NumberedEvent, { identifier, pool, poolSerial }: Envelope): Uint8Array {
  const { payload } = event;
  return Buffer.from(
    `ver:3.0 server:${identifier} serial:${event.serial} pool:${pool} poolserial:${poolSerial} ` +
      `eventname:${event.name} len:${codePoints(payload)}\n${payload}`,
  );
}

function codePoints(text: string): number {
  let count = text.length;
  // The second unit of a surrogate pair does not count.
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) count--;
  return count;
}
