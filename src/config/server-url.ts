// The URL by which a child can reach the daemon.
import { isIPv6 } from '../linux/ip-address.ts';
import type { ServerConfig } from './config.ts';

/** The first unix server, else the last inet server; null if there are none. */
export function serverUrlForChildren(servers: readonly ServerConfig[]): string | null {
  const unix = servers.find((server) => server.kind === 'unix');
  if (unix) return `unix://${unix.path}`;
  const inet = servers.findLast((server) => server.kind === 'inet');
  return inet ? `http://${inUrl(inet.host)}:${inet.port}` : null;
}

function inUrl(host: string): string {
  if (host === '') return 'localhost';
  return isIPv6(host) ? `[${host}]` : host;
}
