// The URL by which a child can reach its supervisor.
import type { ServerConfig } from '../config/config.ts';

/** The first unix server, else the last inet one; null without any. */
export function serverUrlForChildren(servers: readonly ServerConfig[]): string | null {
  const unix = servers.find((server) => server.kind === 'unix');
  if (unix) return `unix://${unix.path}`;
  const inet = servers.findLast((server) => server.kind === 'inet');
  return inet ? `http://${inet.host === '' ? 'localhost' : inet.host}:${inet.port}` : null;
}
