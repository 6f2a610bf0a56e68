// The pidfile. Its directory may be writable by other users: see guarded-file.ts.
import { fstatSync, ftruncateSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ActivityLog } from '../data-plane/main/activity-log.ts';
import { explainUntrusted } from '../linux/explain-untrusted.ts';
import { closeFile } from '../linux/file.ts';
import { openGuarded, readGuarded, removeGuarded } from '../linux/guarded-file.ts';
import { UntrustedPath } from '../linux/guarded-path.ts';
import { O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } from '../linux/open-flags.ts';

/** Returns whether it was written. The daemon works without its pidfile. */
export function writePidfile(path: string, log: ActivityLog): boolean {
  try {
    write(resolve(path));
    log.info(`supervisord started with pid ${process.pid}`);
    return true;
  } catch (error) {
    log.critical(`could not write pidfile ${path}`);
    if (error instanceof UntrustedPath) log.critical(explainUntrusted(error));
    return false;
  }
}

/** Removes it if it still has our pid. */
export function removePidfile(path: string): void {
  try {
    const file = resolve(path);
    if (readGuarded(file, text.length + 1) === text) removeGuarded(file);
  } catch {
    // Already removed, or permission denied: neither prevents the daemon from exiting.
  }
}

const text = `${process.pid}\n`;

function write(path: string): void {
  const fd = openGuarded(path, { flags: O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, mode: 0o666 });
  try {
    // Truncate only after the file type is known.
    if (fstatSync(fd).isFile()) ftruncateSync(fd);
    writeSync(fd, text);
  } finally {
    closeFile(fd);
  }
}
