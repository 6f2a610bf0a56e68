// Supervisor's own directories below /run, which is empty after each boot, and below /var/log. A daemon started as
// root creates those that its configuration names; all other directories have to exist.
import { channels } from './channel.ts';
import type { Config } from './config.ts';
import { directoryOf } from './values/paths.ts';

/** Paths that tutorials, EPEL and our packages use in configurations. */
const pattern = /^(?:(?:\/var)?\/run|\/var\/log)\/(?:tsupervisor|supervisord?)$/;

export function isOwnDirectory(path: string): boolean {
  return pattern.test(withoutSlash(path));
}

/** Those that the configuration needs, without duplicates. */
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
