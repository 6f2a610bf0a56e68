// Makes the directories of Supervisor's own that the configuration names, before root is given up: /run is empty after
// each boot, and who is named by [supervisord] user= could not make them.
import { closeSync, constants, fchownSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/config.ts';
import { ownDirectories } from '../config/own-directories.ts';
import { currentUid, type UserIdentity } from '../linux/credentials.ts';
import { isSystemError } from '../linux/system-error.ts';
import { StartError } from './start-error.ts';

/** Throws StartError. Does nothing for a daemon that is not root. */
export function prepareDirectories(config: Config): void {
  if (currentUid() !== 0) return;
  const { user, logfile } = config.supervisord;
  for (const directory of ownDirectories(config)) {
    try {
      make(directory);
      if (user === null || user.uid === 0) continue;
      // While the directory still is root's: its owner could put anything under the name of the log.
      if (logfile.kind === 'file' && dirname(logfile.path) === directory)
        handOver(logfile.path, 'file', user);
      handOver(directory, 'directory', user);
    } catch (error) {
      if (isSystemError(error)) throw new StartError(`cannot prepare ${directory}: ${error.message}`);
      throw error;
    }
  }
}

function make(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o755 });
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  }
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Only what is root's: an owner that somebody else chose stays. What is not there, or a link, is left alone. */
function handOver(path: string, kind: 'file' | 'directory', { uid, gid }: UserIdentity): void {
  const fd = openThere(path);
  if (fd === null) return;
  try {
    const found = fstatSync(fd);
    const isRight = kind === 'directory' ? found.isDirectory() : found.isFile() && found.nlink === 1;
    if (isRight && found.uid === 0) fchownSync(fd, uid, gid);
  } finally {
    closeSync(fd);
  }
}

function openThere(path: string): number | null {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ELOOP')) return null;
    throw error;
  }
}
