// Everything that is served, in the order in which it is asked for. Whoever serves something new adds it here.
import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { methodTable } from '../rpc/method-table.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { API, apiRoutes } from './api.ts';
import { streamRoutes } from './event-stream.ts';
import { followLog } from './follow-log.ts';
import type { FollowLog } from './followed-log.ts';
import { logtailRoutes } from './logtail.ts';
import { metricsRoutes } from './metrics.ts';
import type { HttpResponse } from './response.ts';
import { at, type Route } from './router.ts';
import { rpcRoute } from './rpc-route.ts';

/** For every server of one incarnation of the daemon. */
export function routesFor(supervisor: Supervisor): readonly Route[] {
  // What clients are told of the daemon itself stays as it was started, whatever is read later.
  const { supervisord, rpcInterfaces } = supervisor.config;
  const { identifier, logfile } = supervisord;
  const mainLogPath = logfile.kind === 'file' ? logfile.path : null;
  const context = { supervisor, identifier, mainLogPath };
  const methods = methodTable(rpcInterfaces.map(({ name }) => name));
  const follow: FollowLog = (path, options) => followLog(path, watchInDirectory, options);
  return [
    rpcRoute(methods, context, supervisor.surroundings.log),
    ...logtailRoutes(supervisor, mainLogPath, follow),
    ...metricsRoutes(supervisor, identifier),
    ...streamRoutes(API, supervisor, follow),
    ...apiRoutes(methods, context),
    at('/ok.html', ['GET', 'POST'], () => okPage),
  ];
}

const okPage: HttpResponse = { status: 200, headers: [['Content-Type', 'text/plain']], body: 'OK' };

/** Tells of every change of the file, whoever makes it, and of another file under its name. */
function watchInDirectory(path: string, callback: () => void): () => void {
  const name = basename(path);
  const watcher = watch(dirname(path), (_, changed) => {
    if (changed === name) callback();
  });
  return () => watcher.close();
}
