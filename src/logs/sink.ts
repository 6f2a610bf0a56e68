// Log targets that are no file (syslog, journal): from the configuration to the target that a worker opens.
import type { Channel } from '../config/channel.ts';
import type { ChildLogFile } from '../config/config.ts';
import { type JournalOrigin, originOf } from './journal-entry.ts';
import { JournalLog } from './journal-log.ts';
import type { LogTarget } from './log-target.ts';
import type { Syslog } from './syslog.ts';

/** Serialisable: sent to the worker that opens it. */
export type Sink = { readonly kind: 'syslog' } | { readonly kind: 'journal'; readonly origin: JournalOrigin };

/** The source of the output. */
export interface SinkSource {
  readonly program: string;
  readonly process: string;
  readonly group: string;
  readonly channel: Channel;
}

/** Null for a file and without a log. */
export function sinkOf(logfile: ChildLogFile, source: SinkSource): Sink | null {
  return logfile.kind === 'journal' ? { kind: 'journal', origin: originOf(source) } : null;
}

/** `trouble` gets one message when a problem begins and one when it ends. */
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
