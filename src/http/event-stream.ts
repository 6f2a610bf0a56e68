// Server-sent events (the WHATWG's text/event-stream): changes of state and lines of logs for browsers and scripts.

import { statusOfLog } from '../logs/reading/open-log.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { FollowLog } from './followed-log.ts';
import { logPathOf, wholeCharacters } from './followed-log.ts';
import { json } from './json-response.ts';
import type { HttpResponse } from './response.ts';
import { at, type Route } from './router.ts';
import { stateChanges } from './state-changes.ts';

/** What can be told at once to many: `/api/v1/events` and `/api/v1/logs/NAME/CHANNEL`. */
export function streamRoutes(prefix: string, supervisor: Supervisor, follow: FollowLog): readonly Route[] {
  return [
    at(`${prefix}/events`, ['GET'], ({ gone }) => eventStream(stateChanges(supervisor.daemon.bus, gone))),
    (head) => {
      const [name, channel = 'stdout', ...more] = head.path.slice(`${prefix}/logs/`.length).split('/');
      if (!head.path.startsWith(`${prefix}/logs/`) || head.method !== 'GET') return null;
      const path = more.length === 0 && name ? logPathOf(supervisor, name, channel) : null;
      return async ({ gone }) =>
        path === null || (await statusOfLog(path)) === null
          ? json(404, { error: 'there is no such log' })
          : eventStream(outputOf(follow(path, { lastBytes: LAST_BYTES, signal: gone })));
    },
  ];
}

const LAST_BYTES = 1024;

/** An answer that sends what `events` yields: a type and a value that becomes JSON. */
function eventStream(events: AsyncIterable<readonly [type: string, value: object]>): HttpResponse {
  return {
    status: 200,
    headers: [
      ['Content-Type', 'text/event-stream'],
      ['Cache-Control', 'no-store'],
      ['X-Accel-Buffering', 'no'],
    ],
    body: inFrames(events),
  };
}

async function* inFrames(events: AsyncIterable<readonly [string, object]>): AsyncGenerator<string> {
  // A first line lets the client know that it is connected.
  yield ': connected\n\n';
  for await (const [type, value] of events) yield `event: ${type}\ndata: ${JSON.stringify(value)}\n\n`;
}

async function* outputOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly [string, object]> {
  for await (const piece of wholeCharacters(bytes, true)) yield ['output', { text: utf8.decode(piece) }];
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
