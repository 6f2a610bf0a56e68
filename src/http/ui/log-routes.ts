// The logs under `/ui/log/`: following, scrolling back, searching, downloading.
import type { DataPlane } from '../../data-plane/main/data-plane.ts';
import type { WatchLog } from '../../logs/reading/log-follower.ts';
import { openLog, statusOfLog } from '../../logs/reading/open-log.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import { json } from '../json-response.ts';
import type { HttpRequest } from '../request.ts';
import type { HttpResponse } from '../response.ts';
import { at, type Route } from '../router.ts';
import type { LogEvents } from './api-types.ts';
import { eventFrames } from './event-frames.ts';
import { logFeed } from './log-feed.ts';
import { type LogPlace, logFiles } from './log-files.ts';
import { findBefore, type LogPosition, pieceAfter, pieceBefore } from './log-piece.ts';

/** A log there is, and how a copy of it is called. */
interface NamedLog extends LogPlace {
  readonly name: string;
}

interface LogRequest {
  readonly log: NamedLog;
  readonly query: URLSearchParams;
  readonly request: HttpRequest;
  readonly dataPlane: DataPlane;
}

/** `mainLog`: the daemon's own; null when it is no file. */
export function logRoutes(
  prefix: string,
  supervisor: Supervisor,
  mainLog: LogPlace | null,
): readonly Route[] {
  const { dataPlane } = supervisor.daemon;
  return Object.entries(answers).map(([name, answer]) =>
    at(`${prefix}/${name}`, ['GET'], async (request) => {
      const query = new URLSearchParams(request.query);
      const log = logOf(supervisor, mainLog, query);
      if (log === null || (await statusOfLog(log.path)) === null)
        return json(404, { error: 'there is no such log' });
      return answer({ log, query, request, dataPlane });
    }),
  );
}

const answers = { follow, piece, find, download } satisfies Record<
  string,
  (request: LogRequest) => HttpResponse | Promise<HttpResponse>
>;

function follow({ log, query, request, dataPlane }: LogRequest): HttpResponse {
  const watch: WatchLog = (path, callback) => dataPlane.watchLog(path, callback);
  return eventFrames<LogEvents>(logFeed(log.path, positionOf(query), watch, request.gone));
}

async function piece({ log, query, dataPlane }: LogRequest): Promise<HttpResponse> {
  const position = positionOf(query);
  if (!position) return json(400, { error: 'file and offset are needed' });
  const pieceOf = query.has('after') ? pieceAfter : pieceBefore;
  return json(200, await pieceOf(await logFiles(log, dataPlane), position));
}

async function find({ log, query, dataPlane }: LogRequest): Promise<HttpResponse> {
  const position = positionOf(query);
  const text = query.get('text') ?? '';
  if (!position || text.length > MAX_SEARCHED) return json(400, { error: 'nothing to search for' });
  return json(200, await findBefore(await logFiles(log, dataPlane), position, text));
}

/** In characters. */
const MAX_SEARCHED = 1000;

/** `log` is a process's `group:name`, or missing for the main log. */
function logOf(supervisor: Supervisor, mainLog: LogPlace | null, query: URLSearchParams): NamedLog | null {
  const id = query.get('log');
  if (id === null) return mainLog && { ...mainLog, name: 'supervisord' };
  const channel = query.get('channel');
  if (channel !== 'stdout' && channel !== 'stderr') return null;
  const colon = id.indexOf(':');
  const process = supervisor.groups.get(id.slice(0, colon))?.process(id.slice(colon + 1));
  const path = process?.logPaths[channel];
  if (!process || !path) return null;
  return { path, backups: process.config[channel].rotation.backups, name: `${process.name}-${channel}` };
}

function positionOf(query: URLSearchParams): LogPosition | null {
  const file = query.get('file');
  const offset = query.get('offset');
  if (file === null || offset === null || !/^\d{1,15}$/.test(offset)) return null;
  return { file, offset: Number(offset) };
}

/** What is in the file now; what is added meanwhile stays behind. */
function download({ log: { path, name } }: LogRequest): HttpResponse {
  return {
    status: 200,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}.log"`],
      ['Cache-Control', 'no-store'],
    ],
    body: bytesOf(path),
  };
}

const DOWNLOADED_BYTES = 256 * 1024;

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  const { handle, status } = await openLog(path);
  const size = Number(status.size);
  try {
    for (let at = 0; at < size; ) {
      const buffer = Buffer.allocUnsafe(Math.min(DOWNLOADED_BYTES, size - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
