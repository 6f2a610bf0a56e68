// `tsupervisor run`: the daemon in the foreground, for systemd and containers.
import { existsSync } from 'node:fs';
import { serviceConfigPaths } from '../config/locate-config.ts';
import { systemHost } from '../config/system-host.ts';
import { UsageError } from './getopt.ts';
import { programName } from './program-name.ts';
import { runSupervisord } from './supervisord.ts';
import { readSupervisordOptions } from './supervisord-options.ts';

/**
 * Takes supervisord's options; --nodaemon is implied. Without -c, the system's configuration takes precedence over
 * the working directory.
 */
export function run(args: readonly string[]): Promise<number> {
  const ofSystem = asksForConfig(args) ? undefined : serviceConfigPaths.find((path) => existsSync(path));
  const all = ofSystem === undefined ? args : ['-c', ofSystem, ...args];
  return runSupervisord(all, programName('run'), { nodaemon: true });
}

function asksForConfig(args: readonly string[]): boolean {
  try {
    const options = readSupervisordOptions(args, systemHost());
    return options.kind !== 'run' || options.configPath !== null;
  } catch (error) {
    // supervisord's parser reports the same error later.
    if (error instanceof UsageError) return true;
    throw error;
  }
}
