// Whether standard output or error goes straight into systemd's journal, and what lines there look like: sd-daemon(3).
import { fstatSync } from 'node:fs';
import { isSystemError } from './system-error.ts';

/** Of syslog(3). */
export const priorities = { critical: 2, error: 3, warning: 4, info: 6, debug: 7 } as const;

/** systemd.exec(5): JOURNAL_STREAM is device and inode of what systemd gave us to write to. */
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

/** Lines for standard error, with their priority where that is the journal. */
export function forStderr(lines: string, priority: keyof typeof priorities): string {
  return isJournal(2) ? lines.replaceAll(/^(?=.)/gm, `<${priorities[priority]}>`) : lines;
}
