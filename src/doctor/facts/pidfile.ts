// The pid that a pidfile holds. Another user may be able to write there: a pipe or a device is not waited for.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Longer than any pid. */
const READ_BYTES = 32;

/** Null when there is none, or it cannot be read. */
export function pidIn(pidfile: string): number | null {
  const pid = Number.parseInt(beginningOf(pidfile), 10);
  return Number.isInteger(pid) ? pid : null;
}

function beginningOf(path: string): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      if (!fstatSync(fd).isFile()) return '';
      const bytes = Buffer.alloc(READ_BYTES);
      return bytes.toString('latin1', 0, readSync(fd, bytes));
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
