// Logs below `/ui/log/`: following, scrolling back, searching, downloading.
import { parseProcessName } from '../../config/process-name.ts';
import { type FilesAt, type LogPaths, withLogFiles } from '../../logs/reading/log-files.ts';
import type { WatchLog } from '../../logs/reading/log-follower.ts';
import { type LogPosition, pieceAfter, pieceBefore } from '../../logs/reading/log-piece.ts';
import { findBefore } from '../../logs/reading/log-search.ts';
import { statusOfLog } from '../../logs/reading/open-log.ts';
import { readToEnd } from '../../logs/reading/read-range.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import { eventStream } from '../event-stream.ts';
import { json } from '../json-response.ts';
import type { HttpRequest } from '../request.ts';
import type { HttpResponse } from '../response.ts';
import { at, type Route } from '../router.ts';
import type { LogEvents } from './api-types.ts';
import { logFeed } from './log-feed.ts';

/** An existing log, and the file name for its download. */
interface NamedLog extends LogPaths {
  readonly name: string;
}

interface LogRequest {
  readonly log: NamedLog;
  readonly query: URLSearchParams;
  readonly request: HttpRequest;
  readonly watch: WatchLog;
  readonly filesAt: FilesAt;
}

/** `mainLog`: the daemon's own; null if it is not a file. */
export function logRoutes(
  prefix: string,
  supervisor: Supervisor,
  mainLog: LogPaths | null,
): readonly Route[] {
  const { dataPlane } = supervisor.daemon;
  const watch: WatchLog = (path, callback) => dataPlane.watchLog(path, callback);
  const filesAt: FilesAt = (paths) => dataPlane.filesAt(paths);
  return Object.entries(answers).map(([name, answer]) =>
    at(`${prefix}/${name}`, ['GET'], 'unused', async (request) => {
      const query = new URLSearchParams(request.query);
      const log = logOf(supervisor, mainLog, query);
      if (log === null || (await statusOfLog(log.path)) === null)
        return json(404, { error: 'there is no such log' });
      return answer({ log, query, request, watch, filesAt });
    }),
  );
}

const answers = { follow, piece, find, download } satisfies Record<
  string,
  (request: LogRequest) => HttpResponse | Promise<HttpResponse>
>;

function follow({ log, query, request, watch }: LogRequest): HttpResponse {
  return eventStream<LogEvents>(logFeed(log.path, positionOf(query), watch, request.gone));
}

async function piece({ log, query, filesAt }: LogRequest): Promise<HttpResponse> {
  const position = positionOf(query);
  if (!position) return json(400, { error: 'file and offset are needed' });
  const pieceOf = query.has('after') ? pieceAfter : pieceBefore;
  return json(200, await withLogFiles(log, filesAt, (files) => pieceOf(files, position)));
}

async function find({ log, query, filesAt }: LogRequest): Promise<HttpResponse> {
  const position = positionOf(query);
  const text = query.get('text') ?? '';
  if (!position || text.length > maxSearched) return json(400, { error: 'nothing to search for' });
  return json(200, await withLogFiles(log, filesAt, (files) => findBefore(files, position, text)));
}

/** In characters. */
const maxSearched = 1000;

/** `log` is `group:name` of a process, or missing for the main log. */
function logOf(supervisor: Supervisor, mainLog: LogPaths | null, query: URLSearchParams): NamedLog | null {
  const id = query.get('log');
  if (id === null) return mainLog && { ...mainLog, name: 'supervisord' };
  const channel = query.get('channel');
  if (channel !== 'stdout' && channel !== 'stderr') return null;
  const { group, name } = parseProcessName(id);
  const process = supervisor.groups.get(group)?.process(name);
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

/** A snapshot of the file's current content; later output is not included. */
function download({ log: { path, name } }: LogRequest): HttpResponse {
  return {
    status: 200,
    headers: [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}.log"`],
      ['Cache-Control', 'no-store'],
    ],
    body: readToEnd(path, () => 0),
  };
}
