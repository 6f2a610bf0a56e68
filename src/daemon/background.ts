// What makes a daemon of a process that was started for it: working directory, umask, no terminal.
import type { SupervisordConfig } from '../config/config.ts';
import type { Finding } from './privileges.ts';

/** `directory` and `umask` of [supervisord] count only here, as in the original. */
export function enterBackground({ directory, umask }: SupervisordConfig): Finding[] {
  const findings: Finding[] = [{ level: 'info', message: 'daemonizing the supervisord process' }];
  if (directory !== null) findings.push(enter(directory));
  process.umask(umask);
  return findings;
}

function enter(directory: string): Finding {
  try {
    process.chdir(directory);
    return { level: 'info', message: `set current directory: '${directory}'` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { level: 'critical', message: `can't chdir into '${directory}': ${reason}` };
  }
}
