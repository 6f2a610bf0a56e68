// Reads a pidfile. Another user may control its path, so a FIFO or device must not block us.
import { resolve } from 'node:path';
import { readGuarded } from '../../linux/guarded-file.ts';

/** Longer than any pid. */
const readBytes = 32;

/** Null if it is missing or cannot be read. */
export function pidIn(pidfile: string): number | null {
  const pid = Number.parseInt(beginningOf(pidfile), 10);
  return Number.isInteger(pid) ? pid : null;
}

function beginningOf(path: string): string {
  try {
    return readGuarded(resolve(path), readBytes);
  } catch {
    return '';
  }
}
