// Everything that is served, in the order in which it is asked for. Whoever serves something new adds it here.
import { methodTable } from '../rpc/method-table.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
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
  return [
    rpcRoute(methods, context, supervisor.surroundings.log),
    at('/ok.html', ['GET', 'POST'], () => okPage),
  ];
}

const okPage: HttpResponse = { status: 200, headers: [['Content-Type', 'text/plain']], body: 'OK' };
