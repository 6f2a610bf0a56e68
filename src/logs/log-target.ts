// The interface of log targets: a regular file, a special file, syslog, the journal.
import type { Memory } from '../linux/file.ts';
import { isSystemError } from '../linux/system-error.ts';
import type { JournalLogSnapshot } from './journal-log.ts';
import type { LogFileSnapshot } from './log-file.ts';
import type { SpecialFileSnapshot } from './special-file.ts';

export interface LogTarget {
  /** Writes memory[start, end), which the caller may reuse. Never blocks on a reader, never throws. */
  write(memory: Memory, start: number, end: number): void;
  /** Clears it. Returns the errno, or 0. */
  clear(): number;
  /** Reopens its path. Returns the errno, or 0. */
  reopen(): number;
  /** Rotates it, if it is a regular file and not empty. Returns the errno, or 0. */
  rotate(): number;
  close(): void;
  /** Sets the child that writes from now on. */
  setPid?(pid: number): void;
  /** Milliseconds for which an unfinished line is buffered; 0 when partial lines may be written. */
  readonly lineWaitMs: number;
  /** Back-pressure: the descriptor that must become writable first; null when it takes more now. */
  readonly waitsFor: number | null;
  /** Its state, from which `restoreTarget` continues; it must not be used afterwards. */
  snapshot(): LogTargetSnapshot;
}

/** Serialisable. All logs in syslog share one Syslog, which is not part of them. */
export type LogTargetSnapshot =
  | LogFileSnapshot
  | SpecialFileSnapshot
  | JournalLogSnapshot
  | { readonly kind: 'syslog' };

/** Returns the errno of a failed `action`, or 0. */
export function errnoOf(action: () => void): number {
  try {
    action();
    return 0;
  } catch (error) {
    if (isSystemError(error) && error.errno !== undefined) return Math.abs(error.errno);
    throw error;
  }
}
