// Log targets that are no file: which there are, what the configuration makes of them, and how a worker opens them.
import type { Channel } from '../config/channel.ts';
import type { ChildLogFile } from '../config/config.ts';
import { type JournalOrigin, originOf } from './journal-entry.ts';
import { JournalLog } from './journal-log.ts';
import type { LogTarget } from './log-target.ts';
import type { Syslog } from './syslog.ts';

/** Serialisable: it is sent to the worker that opens it. */
export type Sink = { readonly kind: 'syslog' } | { readonly kind: 'journal'; readonly origin: JournalOrigin };

/** Whose output goes there. */
export interface SinkSource {
  readonly program: string;
  readonly process: string;
  readonly group: string;
  readonly channel: Channel;
}

/** Null when the log is a file, or there is none. */
export function sinkOf(logfile: ChildLogFile, source: SinkSource): Sink | null {
  return logfile.kind === 'journal' ? { kind: 'journal', origin: originOf(source) } : null;
}

/** `trouble` hears what went wrong, the first and the last time. */
export function openSink(
  sink: Sink,
  { syslog, trouble }: { readonly syslog: Syslog; readonly trouble: (message: string) => void },
): LogTarget {
  switch (sink.kind) {
    case 'syslog':
      return syslog;
    case 'journal':
      return new JournalLog(sink.origin, trouble);
  }
}
