// All routes in order of precedence. Add new routes here.

import { followLog } from '../logs/reading/log-follower.ts';
import { methodTable } from '../rpc/method-table.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { apiRoutes } from './api.ts';
import { apiPath } from './api-error.ts';
import type { FollowLog } from './followed-log.ts';
import { logtailRoutes } from './logtail.ts';
import { metricsRoutes } from './metrics.ts';
import type { HttpResponse } from './response.ts';
import { at, type Route } from './router.ts';
import { rpcRoute } from './rpc-route.ts';
import { streamRoutes } from './stream-routes.ts';
import { webRoutes } from './ui/web-routes.ts';

/** For every server of one daemon instance. */
export function routesFor(supervisor: Supervisor): readonly Route[] {
  // Clients see the daemon's own settings as of its start, even after a reread.
  const { supervisord, rpcInterfaces } = supervisor.config;
  const { identifier, logfile } = supervisord;
  const mainLogPath = logfile.kind === 'file' ? logfile.path : null;
  const context = { supervisor, identifier, mainLogPath };
  const methods = methodTable(rpcInterfaces.map(({ name }) => name));
  const { dataPlane, log } = supervisor.daemon;
  const follow: FollowLog = (path, options) =>
    followLog(path, (watched, callback) => dataPlane.watchLog(watched, callback), options);
  return [
    rpcRoute(methods, context, log),
    ...logtailRoutes(supervisor, mainLogPath, follow),
    ...metricsRoutes(supervisor, identifier),
    ...streamRoutes(apiPath, supervisor, follow),
    ...apiRoutes(methods, context),
    ...webRoutes(context),
    at('/ok.html', ['GET', 'POST'], 'unused', () => okPage),
  ];
}

const okPage: HttpResponse = { status: 200, headers: [['Content-Type', 'text/plain']], body: 'OK' };
