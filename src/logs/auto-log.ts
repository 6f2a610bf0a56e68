// AUTO log files: unique names in childlogdir, and their removal at the next start.
import { closeSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Directory } from '../linux/directory.ts';
import { inDirectory } from '../linux/guarded-file.ts';
import { O_CREAT, O_EXCL, O_WRONLY } from '../linux/open-flags.ts';
import { isSystemError } from '../linux/system-error.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789_';

/** Mode of an AUTO log, also after rotation. */
export const autoLogMode = 0o600;

/**
 * Creates `NAME-CHANNEL---IDENTIFIER-XXXXXXXX.log` with mode 0600 and returns its path. Throws the error of open(2).
 */
export function allocateAutoLog(
  directory: string,
  name: string,
  channel: string,
  identifier: string,
): string {
  for (;;) {
    const numbers = crypto.getRandomValues(new Uint32Array(8));
    const suffix = Array.from(numbers, (number) => alphabet[number % alphabet.length]).join('');
    const file = `${name}-${channel}---${identifier}-${suffix}.log`;
    try {
      return inDirectory(resolve(directory), ({ directory: childlogs }) => {
        closeSync(childlogs.openFile(file, O_WRONLY | O_CREAT | O_EXCL, autoLogMode));
        return join(directory, file);
      });
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error;
    }
  }
}

/** Removes the AUTO logs of earlier runs with this identifier; reports those it cannot remove. */
export function cleanAutoLogs(directory: string, identifier: string, warn: (message: string) => void): void {
  const pattern = new RegExp(`^.+?---${RegExp.escape(identifier)}-\\S+\\.log\\.?\\d{0,4}`);
  try {
    inDirectory(resolve(directory), ({ directory: childlogs }) => {
      for (const name of readdirSync(`/proc/self/fd/${childlogs.fd}`)) {
        if (pattern.test(name) && !isRemoved(childlogs, name))
          warn(`Failed to clean up '${join(directory, name)}'`);
      }
    });
  } catch {
    warn('Could not clear childlog dir');
  }
}

function isRemoved(directory: Directory, name: string): boolean {
  try {
    directory.remove(name);
    return true;
  } catch {
    return false;
  }
}
