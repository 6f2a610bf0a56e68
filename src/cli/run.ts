// `tsupervisor run`: the daemon in the foreground, as the systemd unit and containers start it.
import { run as supervisord } from './supervisord.ts';

/** supervisord's options, with --nodaemon always on. */
export function run(args: readonly string[]): Promise<number> {
  return supervisord(['--nodaemon', ...args.filter((arg) => arg !== '-n' && arg !== '--nodaemon')]);
}
