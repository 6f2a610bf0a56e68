// The streams of the JSON API: state changes, and output of logs.

import { startOfLastLines } from '../logs/reading/line-start.ts';
import { withNotices } from '../logs/reading/log-notices.ts';
import { type OpenLog, statusOfLog } from '../logs/reading/open-log.ts';
import { lastBytes, readToEnd } from '../logs/reading/read-range.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { type EventOf, eventStream } from './event-stream.ts';
import { type FollowLog, logPathOf, wholeCharacters } from './followed-log.ts';
import { json } from './json-response.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse } from './response.ts';
import { at, type Route } from './router.ts';
import { stateChanges } from './state-changes.ts';

/** `/events`, `/logs/NAME/CHANNEL` and `/logs/NAME/CHANNEL/text` below `prefix`. */
export function streamRoutes(prefix: string, supervisor: Supervisor, follow: FollowLog): readonly Route[] {
  return [
    at(`${prefix}/events`, ['GET'], 'unused', ({ gone }) =>
      eventStream<Record<string, object>>(stateChanges(supervisor.daemon.bus, gone)),
    ),
    logRoute(`${prefix}/logs/`, supervisor, follow),
  ];
}

function logRoute(prefix: string, supervisor: Supervisor, follow: FollowLog): Route {
  const find: Route['find'] = ({ path, method }) => {
    if (!path.startsWith(prefix) || method !== 'GET') return null;
    const [name = '', channel = 'stdout', form = 'events', ...more] = path.slice(prefix.length).split('/');
    const answer = more.length === 0 ? answers.get(form) : undefined;
    const log = answer ? logPathOf(supervisor, name, channel) : null;
    return async (request) => {
      if (!answer || log === null || (await statusOfLog(log)) === null) {
        return json(404, { error: 'there is no such log' });
      }
      return answer(log, request, follow);
    };
  };
  return { path: prefix, body: 'unused', find };
}

type LogAnswer = (path: string, request: HttpRequest, follow: FollowLog) => HttpResponse;

const answers: ReadonlyMap<string, LogAnswer> = new Map([
  ['events', answerEvents],
  ['text', answerText],
]);

const firstBytes = 1024;

function answerEvents(path: string, { gone }: HttpRequest, follow: FollowLog): HttpResponse {
  const bytes = withNotices(follow(path, { chooseStart: lastBytes(firstBytes), signal: gone }));
  return eventStream<OutputEvents>(outputOf(bytes));
}

interface OutputEvents {
  readonly output: { readonly text: string };
}

async function* outputOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<EventOf<OutputEvents>> {
  for await (const piece of wholeCharacters(bytes, true)) yield ['output', { text: utf8.decode(piece) }];
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

const defaultLines = 10;

/** The last lines, byte for byte; with `follow=true` also what is appended, until the client disconnects. */
function answerText(path: string, { query, gone }: HttpRequest, follow: FollowLog): HttpResponse {
  const parameters = new URLSearchParams(query);
  const lines = parameters.get('lines') ?? String(defaultLines);
  const isFollowed = parameters.get('follow') ?? 'false';
  if (!/^\d{1,7}$/.test(lines)) return json(400, { error: 'lines is a number of at most 7 digits' });
  if (isFollowed !== 'true' && isFollowed !== 'false') {
    return json(400, { error: 'follow is true or false' });
  }
  const chooseStart = ({ handle, status }: OpenLog) =>
    startOfLastLines(handle, Number(status.size), Number(lines));
  return {
    status: 200,
    headers: [
      ['Content-Type', 'text/plain;charset=utf-8'],
      ['X-Content-Type-Options', 'nosniff'],
      ['Cache-Control', 'no-store'],
      ['X-Accel-Buffering', 'no'],
    ],
    body:
      isFollowed === 'true'
        ? withNotices(follow(path, { chooseStart, signal: gone }))
        : readToEnd(path, chooseStart),
  };
}
