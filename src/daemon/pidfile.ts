// The file that tells other programs our pid.
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import type { ActivityLog } from '../data-plane/main/activity-log.ts';

/** Writes it; whether that worked. A daemon without its pidfile still does its work. */
export function writePidfile(path: string, log: ActivityLog): boolean {
  try {
    writeFileSync(path, `${process.pid}\n`);
    log.info(`supervisord started with pid ${process.pid}`);
    return true;
  } catch {
    log.critical(`could not write pidfile ${path}`);
    return false;
  }
}

/** Removes it if it is still ours. */
export function removePidfile(path: string): void {
  try {
    if (readFileSync(path, 'utf8') === `${process.pid}\n`) unlinkSync(path);
  } catch {
    // Somebody else removed it, or may not let us: the end of the daemon does not depend on it.
  }
}
