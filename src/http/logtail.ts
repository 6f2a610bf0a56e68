// /logtail and /mainlogtail: the end of a log and what is added to it, for as long as the client listens.

import type { Supervisor } from '../supervisor/supervisor.ts';
import { type FollowLog, logPathOf, statusOfFile, wholeCharacters } from './followed-log.ts';
import type { HttpRequest } from './request.ts';
import { errorResponse, type HeaderList, type HttpResponse } from './response.ts';
import { atPrefix, type Route } from './router.ts';

const LAST_BYTES = 1024;

/** `mainLogPath`: of the daemon's own log, null when it is no file. */
export function logtailRoutes(
  supervisor: Supervisor,
  mainLogPath: string | null,
  follow: FollowLog,
): readonly Route[] {
  const mainLog = (request: HttpRequest) => tailOf(mainLogPath, request, follow, []);
  const processLog = (request: HttpRequest) =>
    tailOf(logNamedBy(request.path, supervisor), request, follow, [['X-Accel-Buffering', 'no']]);
  return [atPrefix('/logtail', ['GET'], processLog), atPrefix('/mainlogtail', ['GET'], mainLog)];
}

/** `/logtail/NAME` or `/logtail/NAME/CHANNEL`; null when that is no log. */
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
  const file = path === null ? null : await statusOfFile(path);
  if (path === null || file === null) return errorResponse(404);
  const all: HeaderList = [
    ['Last-Modified', file.mtime.toUTCString()],
    ['Content-Type', 'text/plain;charset=utf-8'],
    ...headers,
  ];
  const bytes = follow(path, { lastBytes: LAST_BYTES, signal: gone });
  return { status: 200, headers: all, body: wholeCharacters(bytes, file.size > LAST_BYTES) };
}
