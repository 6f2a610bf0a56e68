// Warns about the working directory in the configuration search path: a user who can write there would control what
// root runs.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { findConfig, serviceConfigPaths } from '../../config/locate-config.ts';
import { calledAs } from '../../config/system-host.ts';
import { currentUid } from '../../linux/credentials.ts';
import { printError } from '../output.ts';

/** For the daemon, before it searches. */
export function warnOfSearch(): void {
  if (currentUid() !== 0) return;
  printError(
    'Warning: running as root and searching for the configuration file, in the current directory too;',
  );
  printError('name it with -c to be safe');
}

/** For commands, which search on every call: only if the file of the working directory is used. */
export function warnOfLocalConfig(named: string | undefined): void {
  if (named !== undefined || currentUid() !== 0) return;
  const found = findConfig(calledAs(), existsSync);
  if (found === null || found.startsWith('/')) return;
  // In / the file of the working directory is the machine's own.
  if (!serviceConfigPaths.some((path) => path === resolve(found))) warnOfSearch();
}
