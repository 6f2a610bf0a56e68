// Turns a freshly started process into a daemon: working directory, umask, no terminal.
import type { SupervisordConfig } from '../config/config.ts';
import type { EarlyLine } from './privileges.ts';

/** `directory` and `umask` of [supervisord] take effect only here, as in the original. */
export function enterBackground({ directory, umask }: SupervisordConfig): EarlyLine[] {
  const earlyLines: EarlyLine[] = [{ level: 'info', message: 'daemonizing the supervisord process' }];
  if (directory !== null) earlyLines.push(enter(directory));
  process.umask(umask);
  return earlyLines;
}

function enter(directory: string): EarlyLine {
  try {
    process.chdir(directory);
    return { level: 'info', message: `set current directory: '${directory}'` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { level: 'critical', message: `can't chdir into '${directory}': ${reason}` };
  }
}
