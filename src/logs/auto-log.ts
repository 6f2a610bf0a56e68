// AUTO log files: names in childlogdir that no two programs share, and their removal at the next start.
import { randomInt } from 'node:crypto';
import { closeSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../linux/system-error.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789_';

/** Creates `NAME-CHANNEL---IDENTIFIER-XXXXXXXX.log` with mode 0600; its path. Throws what the system says. */
export function allocateAutoLog(
  directory: string,
  name: string,
  channel: string,
  identifier: string,
): string {
  for (;;) {
    const suffix = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('');
    const path = join(directory, `${name}-${channel}---${identifier}-${suffix}.log`);
    try {
      closeSync(openSync(path, 'wx', 0o600));
      return path;
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error;
    }
  }
}

/** Removes what earlier runs with this identifier left; what could not be removed is told. */
export function cleanAutoLogs(directory: string, identifier: string, warn: (message: string) => void): void {
  const pattern = new RegExp(`^.+?---${RegExp.escape(identifier)}-\\S+\\.log\\.?\\d{0,4}`);
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return warn('Could not clear childlog dir');
  }
  for (const name of names.filter((candidate) => pattern.test(candidate))) {
    const path = join(directory, name);
    try {
      unlinkSync(path);
    } catch {
      warn(`Failed to clean up '${path}'`);
    }
  }
}
