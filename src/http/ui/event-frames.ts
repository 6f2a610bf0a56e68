// Server-sent events (the WHATWG's text/event-stream) of the types that the page knows.
import type { HttpResponse } from '../response.ts';

/** One event of a feed whose events are named and typed by `E`. */
export type Frame<E> = { readonly [K in keyof E]: readonly [type: K & string, value: E[K]] }[keyof E];

export function eventFrames<E>(frames: AsyncIterable<Frame<E>>): HttpResponse {
  return {
    status: 200,
    headers: [
      ['Content-Type', 'text/event-stream'],
      ['Cache-Control', 'no-store'],
      ['X-Accel-Buffering', 'no'],
    ],
    body: encoded(frames),
  };
}

async function* encoded<E>(frames: AsyncIterable<Frame<E>>): AsyncGenerator<string> {
  for await (const [type, value] of frames) yield `event: ${type}\ndata: ${JSON.stringify(value)}\n\n`;
}
