// `tsupervisor run`: the daemon in the foreground, as the systemd unit and containers start it.
import { programName } from './program-name.ts';
import { runSupervisord } from './supervisord.ts';

/** Takes supervisord's options; --nodaemon is always on. */
export function run(args: readonly string[]): Promise<number> {
  return runSupervisord(args, programName('run'), { nodaemon: true });
}
