// Follows a log file across rotation, removal and truncation. Event-driven: reads when the watch calls back, never
// polls.
import { AutoResetEvent } from '../../event-loop/auto-reset-event.ts';
import { type LogBytes, LogReader, type Truncated } from './log-reader.ts';
import { successorOf } from './log-successor.ts';
import type { ChooseStart } from './read-range.ts';

/** Calls back when the file at `path` may have changed. Returns unsubscribe. */
export type WatchLog = (path: string, callback: () => void) => () => void;

export interface FollowOptions {
  readonly chooseStart: ChooseStart;
  /** Bound on the backlog in bytes: older data is skipped; without it everything is read. */
  readonly maxBehind?: number;
  readonly signal: AbortSignal;
}

export type LogEvent = LogBytes | Truncated | Rotated;

/** The next file follows. `lost`: files in between are gone or compressed. */
export interface Rotated {
  readonly kind: 'rotated';
  readonly lost: boolean;
}

/**
 * Yields the bytes from the chosen start, which may be none, then what is appended, until `signal` is aborted. A renamed
 * file is read to its end; the next one follows from its first byte, even if it was rotated meanwhile. Back-pressure: at
 * most one piece is buffered. Rejects like openLog, or with the error of read(2).
 */
export async function* followLog(
  path: string,
  watch: WatchLog,
  { chooseStart, maxBehind = Number.POSITIVE_INFINITY, signal }: FollowOptions,
): AsyncGenerator<LogEvent> {
  const changed = new AutoResetEvent(signal);
  let reader = await LogReader.open(path, chooseStart, maxBehind);
  const unwatch = watch(path, () => changed.set());
  try {
    yield (await reader.next()) ?? reader.nothing;
    while (!signal.aborted) {
      const event = await reader.next();
      if (event !== null) {
        yield event;
        continue;
      }
      const successor = await successorOf(reader.log, path);
      if (successor === null) {
        await changed.wait();
        continue;
      }
      const renamed = reader;
      reader = new LogReader(successor.log, maxBehind);
      try {
        // Reads what was appended between the last read and the rename.
        for (let rest = await renamed.next(); rest !== null; rest = await renamed.next()) yield rest;
      } finally {
        await renamed.log.handle.close();
      }
      yield { kind: 'rotated', lost: successor.lost };
    }
  } finally {
    unwatch();
    await reader.log.handle.close();
  }
}
