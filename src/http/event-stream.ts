// Server-sent events (WHATWG text/event-stream). Knows nothing of the events.
import type { HttpResponse } from './response.ts';

/** One event of a stream; `E` maps event names to types. */
export type EventOf<E> = { readonly [K in keyof E]: readonly [type: K & string, value: E[K]] }[keyof E];

/** A response that streams `events`: names, with values encoded as JSON. */
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
  // A first comment line tells the client that it is connected.
  yield ': connected\n\n';
  for await (const [type, value] of events) yield `event: ${type}\ndata: ${JSON.stringify(value)}\n\n`;
}
