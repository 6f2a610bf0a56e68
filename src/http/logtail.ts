// /logtail and /mainlogtail: the end of a log, then what is appended, until the client disconnects.

import { withNotices } from '../logs/reading/log-notices.ts';
import { statusAt } from '../logs/reading/open-log.ts';
import { lastBytes } from '../logs/reading/read-range.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { type FollowLog, logPathOf, wholeCharacters } from './followed-log.ts';
import type { HttpRequest } from './request.ts';
import { errorResponse, type HeaderList, type HttpResponse } from './response.ts';
import { atPrefix, type Route } from './router.ts';

const lastPartBytes = 1024;

/** `mainLogPath`: the daemon's own log, null if it is not a file. */
export function logtailRoutes(
  supervisor: Supervisor,
  mainLogPath: string | null,
  follow: FollowLog,
): readonly Route[] {
  const mainLog = (request: HttpRequest) => tailOf(mainLogPath, request, follow, []);
  const processLog = (request: HttpRequest) =>
    tailOf(logNamedBy(request.path, supervisor), request, follow, [['X-Accel-Buffering', 'no']]);
  return [
    atPrefix('/logtail', ['GET'], 'unused', processLog),
    atPrefix('/mainlogtail', ['GET'], 'unused', mainLog),
  ];
}

/** `/logtail/NAME` or `/logtail/NAME/CHANNEL`; null if there is no such log. */
function logNamedBy(path: string, supervisor: Supervisor): string | null {
  const [, , name, channel = 'stdout', ...more] = path.split('/');
  return name === undefined || more.length > 0 ? null : logPathOf(supervisor, name, channel);
}

async function tailOf(
  path: string | null,
  { gone }: HttpRequest,
  follow: FollowLog,
  headers: HeaderList,
): Promise<HttpResponse> {
  // On a thread pool thread: the disk may stall.
  const status = path === null ? null : await statusAt(path);
  if (path === null || status === null || status.isDirectory()) return errorResponse(404);
  const all: HeaderList = [
    ['Last-Modified', status.mtime.toUTCString()],
    ['Content-Type', 'text/plain;charset=utf-8'],
    ...headers,
  ];
  const body = status.isFile()
    ? wholeCharacters(
        withNotices(follow(path, { chooseStart: lastBytes(lastPartBytes), signal: gone })),
        status.size > lastPartBytes,
      )
    : silence(path, gone);
  return { status: 200, headers: all, body };
}

/**
 * A terminal, pipe or /dev/null cannot be read back. As in the original the response stays open, since a script that
 * reconnects at its end would loop forever.
 */
async function* silence(path: string, gone: AbortSignal): AsyncGenerator<string> {
  yield `==> ${path} is not a regular file, its output cannot be followed <==\n`;
  const { promise, resolve } = Promise.withResolvers<void>();
  gone.addEventListener('abort', () => resolve(), { once: true });
  if (!gone.aborted) await promise;
}
