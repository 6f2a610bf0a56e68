// The file that tells other programs our pid. Its directory may be one that others can change: see guarded-file.ts.
import { fstatSync, ftruncateSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ActivityLog } from '../data-plane/main/activity-log.ts';
import { explainUntrusted } from '../linux/explain-untrusted.ts';
import { closeFile } from '../linux/file.ts';
import { openGuarded, readGuarded, removeGuarded } from '../linux/guarded-file.ts';
import { UntrustedPath } from '../linux/guarded-path.ts';
import { O_CREAT, O_NOCTTY, O_NONBLOCK, O_WRONLY } from '../linux/open-flags.ts';

/** Writes it; whether that worked. A daemon without its pidfile still does its work. */
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

/** Removes it if it is still ours. */
export function removePidfile(path: string): void {
  try {
    const file = resolve(path);
    if (readGuarded(file, text.length + 1) === text) removeGuarded(file);
  } catch {
    // Somebody else removed it, or may not let us: the end of the daemon does not depend on it.
  }
}

const text = `${process.pid}\n`;

function write(path: string): void {
  const fd = openGuarded(path, { flags: O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, mode: 0o666 });
  try {
    // Emptied only now that it is known what it is.
    if (fstatSync(fd).isFile()) ftruncateSync(fd);
    writeSync(fd, text);
  } finally {
    closeFile(fd);
  }
}
