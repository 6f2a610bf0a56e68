// Directories of Supervisor's own below /run, which is empty after each boot, and below /var/log. A daemon that starts as
// root makes those that its configuration names; everything else has to exist.
import { channels } from './channel.ts';
import type { Config } from './config.ts';
import { directoryOf } from './values/paths.ts';

/** What tutorials, EPEL and our packages write into configurations. */
const pattern = /^(?:(?:\/var)?\/run|\/var\/log)\/(?:tsupervisor|supervisord?)$/;

export function isOwnDirectory(path: string): boolean {
  return pattern.test(withoutSlash(path));
}

/** Those that the configuration needs, each once. */
export function ownDirectories({ supervisord, servers, groups }: Config): string[] {
  const { logfile, pidfile, childlogdir } = supervisord;
  const logs = groups.flatMap(({ processes }) =>
    processes.flatMap((process) => channels.map((channel) => process[channel].logfile)),
  );
  const files = [
    pidfile,
    ...servers.flatMap((server) => (server.kind === 'unix' ? [server.path] : [])),
    ...[logfile, ...logs].flatMap((log) => (log.kind === 'file' ? [log.path] : [])),
  ];
  const directories = [...files.map(directoryOf), withoutSlash(childlogdir)];
  return [...new Set(directories)].filter(isOwnDirectory);
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
