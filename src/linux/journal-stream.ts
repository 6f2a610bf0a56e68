// Detects whether stdout or stderr is connected to systemd's journal, and writes lines for it: sd-daemon(3).
import { fstatSync } from 'node:fs';
import { isSystemError } from './system-error.ts';

/** Priorities of syslog(3). */
export const priorities = { critical: 2, error: 3, warning: 4, info: 6, debug: 7 } as const;

/** systemd.exec(5): JOURNAL_STREAM has device and inode of the stream that systemd passed. */
export function isJournal(fd: 1 | 2): boolean {
  const stream = process.env['JOURNAL_STREAM'];
  if (!stream) return false;
  try {
    const { dev, ino } = fstatSync(fd);
    return stream === `${dev}:${ino}`;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

/** Lines for stderr, prefixed with the priority when it is the journal. */
export function forStderr(lines: string, priority: keyof typeof priorities): string {
  return isJournal(2) ? lines.replaceAll(/^(?=.)/gm, `<${priorities[priority]}>`) : lines;
}
