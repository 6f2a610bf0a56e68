// The pid that a pidfile holds. Another user may be able to write there: a pipe or a device is not waited for.
import { resolve } from 'node:path';
import { readGuarded } from '../../linux/guarded-file.ts';

/** Longer than any pid. */
const readBytes = 32;

/** Null when there is none, or it cannot be read. */
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
