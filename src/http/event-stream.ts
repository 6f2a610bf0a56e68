// Server-sent events (the WHATWG's text/event-stream), for browsers and scripts. What the events are is not known here.
import type { HttpResponse } from './response.ts';

/** One event of a stream whose events are named and typed by `E`. */
export type EventOf<E> = { readonly [K in keyof E]: readonly [type: K & string, value: E[K]] }[keyof E];

/** An answer that sends what `events` yields: a type and a value that becomes JSON. */
export function eventStream<E>(events: AsyncIterable<EventOf<E>>): HttpResponse {
  return {
    status: 200,
    headers: [
      ['Content-Type', 'text/event-stream'],
      ['Cache-Control', 'no-store'],
      ['X-Accel-Buffering', 'no'],
    ],
    body: encoded(events),
  };
}

async function* encoded<E>(events: AsyncIterable<EventOf<E>>): AsyncGenerator<string> {
  // A first line lets the client know that it is connected.
  yield ': connected\n\n';
  for await (const [type, value] of events) yield `event: ${type}\ndata: ${JSON.stringify(value)}\n\n`;
}
