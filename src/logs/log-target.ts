// What the data plane writes log bytes to: a file, something that is no file, syslog or the journal.
import type { Memory } from '../linux/file.ts';
import { isSystemError } from '../linux/system-error.ts';

export interface LogTarget {
  /** Takes memory[start, end), which may change afterwards. Never waits and never throws. */
  write(memory: Memory, start: number, end: number): void;
  /** Empties it; the error number, or 0. */
  clear(): number;
  /** Opens its path anew; the error number, or 0. */
  reopen(): number;
  /** Begins a new file where it is one and not empty; the error number, or 0. */
  rotate(): number;
  close(): void;
  /** What is written from now on comes from this child. */
  setPid?(pid: number): void;
  /** For how long an unfinished line is kept from it, in milliseconds; 0 when it takes pieces of lines. */
  readonly lineWaitMs: number;
  /** The descriptor that must become writable before more is welcome; null when it takes more now. */
  readonly waitsFor: number | null;
}

/** The error number of a failed `action`, or 0. */
export function errnoOf(action: () => void): number {
  try {
    action();
    return 0;
  } catch (error) {
    if (isSystemError(error) && error.errno !== undefined) return Math.abs(error.errno);
    throw error;
  }
}
