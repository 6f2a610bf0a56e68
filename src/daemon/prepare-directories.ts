// Creates Supervisor's own directories that the configuration names, before privileges are dropped: /run is empty
// after each boot, and the user of [supervisord] user= could not create them.
import { closeSync, constants, fchownSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/config.ts';
import { ownDirectories } from '../config/own-directories.ts';
import { currentUid, type UserIdentity } from '../linux/credentials.ts';
import { untrustedDirectory } from '../linux/guarded-path.ts';
import { isSystemError } from '../linux/system-error.ts';
import { StartError } from './start-error.ts';

/** Throws StartError. Does nothing without root. */
export function prepareDirectories(config: Config): void {
  if (currentUid() !== 0) return;
  const { user, logfile } = config.supervisord;
  for (const directory of ownDirectories(config)) {
    try {
      make(directory);
      if (user === null || user.uid === 0) continue;
      // Only while the directory is root's alone: its owner could put any file of root's there in the place of the log.
      if (logfile.kind === 'file' && dirname(logfile.path) === directory && !untrustedDirectory(logfile.path))
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

/** Changes the owner only of what root owns. Missing files and links are left alone. */
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
