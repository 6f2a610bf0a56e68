// The HTTP servers of the configuration: opened all or none, served when there is a supervisor to ask.
import type { ServerConfig } from '../config/config.ts';
import { ListenError, type Listener, openListener } from '../http/listener.ts';
import { admitter, type Route } from '../http/router.ts';
import { HttpServer } from '../http/server.ts';
import { libc } from '../linux/libc.ts';
import type { ActivityLog } from '../streams/activity-log.ts';
import { StartError } from './start-error.ts';

interface OpenServer {
  readonly config: ServerConfig;
  readonly listener: Listener;
}

/** Listens at every address; clients wait until somebody serves them. Throws StartError with nothing left open. */
export function openServers(configs: readonly ServerConfig[]): OpenServer[] {
  const servers: OpenServer[] = [];
  try {
    for (const config of configs) servers.push({ config, listener: openListener(config, tellStale) });
    return servers;
  } catch (error) {
    for (const { listener } of servers) {
      listener.dispose();
      libc.close(listener.fd);
    }
    throw error instanceof ListenError ? new StartError(error.message) : error;
  }
}

function tellStale(path: string): void {
  process.stderr.write(`Unlinking stale socket ${path}\n`);
}

/** Serves `routes` on all of them. */
export function serveAll(
  servers: readonly OpenServer[],
  routes: readonly Route[],
  log: ActivityLog,
): HttpServer[] {
  return servers.map(({ config, listener }) => {
    const server = new HttpServer(listener, { admit: admitter(config.credentials, routes), log });
    log.info("RPC interface 'supervisor' initialized");
    if (!config.credentials) {
      log.critical(`Server '${config.section}' running without any HTTP authentication checking`);
    }
    return server;
  });
}
