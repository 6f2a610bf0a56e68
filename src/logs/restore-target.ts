// Log targets of any kind, continued from their snapshots.
import { JournalLog } from './journal-log.ts';
import { LogFile, type LogFileEvents } from './log-file.ts';
import type { LogTarget, LogTargetSnapshot } from './log-target.ts';
import { SpecialFile } from './special-file.ts';
import type { Syslog } from './syslog.ts';

/** Owns the descriptor of the snapshot, if it has one. */
export function restoreTarget(
  snapshot: LogTargetSnapshot,
  { syslog, events }: { readonly syslog: Syslog; readonly events: LogFileEvents },
): LogTarget {
  switch (snapshot.kind) {
    case 'file':
      return LogFile.restore(snapshot, events);
    case 'special':
      return SpecialFile.restore(snapshot, events.trouble);
    case 'journal':
      return JournalLog.restore(snapshot, events.trouble);
    case 'syslog':
      return syslog;
  }
}
