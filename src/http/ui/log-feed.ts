// Follows a log for a page, throttled to what a person can read.

import { startOfWholeLine } from '../../logs/reading/line-start.ts';
import { fileIdentity } from '../../logs/reading/log-files.ts';
import { followLog, type LogEvent, type WatchLog } from '../../logs/reading/log-follower.ts';
import type { LogPosition } from '../../logs/reading/log-piece.ts';
import type { LogBytes } from '../../logs/reading/log-reader.ts';
import type { OpenLog } from '../../logs/reading/open-log.ts';
import { Utf8Chunks } from '../../logs/reading/utf8-chunks.ts';
import type { EventOf } from '../event-stream.ts';
import type { LogEvents } from './api-types.ts';

/** Output further behind than this is skipped. */
const maxBehindBytes = 64 * 1024;
/** Interval between two pieces; with the maximum length of a piece it limits what the page has to show. */
const pauseMs = 200;

/** `from`: where an earlier connection ended. Runs until `gone` is aborted; rejects like openLog. */
export async function* logFeed(
  path: string,
  from: LogPosition | null,
  watch: WatchLog,
  gone: AbortSignal,
  pause: (ms: number) => Promise<void> = Bun.sleep,
): AsyncGenerator<EventOf<LogEvents>> {
  const text = new LogText();
  const chooseStart = (log: OpenLog) => startNear(log, from);
  for await (const event of followLog(path, watch, {
    chooseStart,
    maxBehind: maxBehindBytes,
    signal: gone,
  })) {
    yield* text.eventsOf(event);
    if (event.kind === 'bytes') await pause(pauseMs);
  }
}

/** Where the earlier connection ended, if it is close to the end; otherwise the last lines. */
function startNear({ handle, status }: OpenLog, from: LogPosition | null): number | Promise<number> {
  const size = Number(status.size);
  const isNear =
    from?.file === fileIdentity(status) && from.offset <= size && size - from.offset <= maxBehindBytes;
  return from && isNear ? from.offset : startOfWholeLine(handle, size - maxBehindBytes, size);
}

/** Decodes a followed log at character boundaries. */
class LogText {
  #chunks = new Utf8Chunks(false);
  /** End of what was sent; null before the first piece. */
  #end: LogPosition | null = null;

  *eventsOf(event: LogEvent): Generator<EventOf<LogEvents>> {
    if (event.kind === 'bytes') {
      if (event.skipped > 0) this.#chunks = new Utf8Chunks(false);
      yield* this.#pieceOf(event);
    } else {
      yield* this.#rest();
      yield ['fresh', { why: event.kind === 'rotated' && event.lost ? 'lost' : event.kind }];
    }
  }

  /** The first piece is sent even if empty, since it gives the position in the log. */
  *#pieceOf({ file, start, bytes, skipped }: LogBytes): Generator<EventOf<LogEvents>> {
    const from = start - this.#chunks.rest.length;
    const whole = this.#chunks.push(bytes);
    if (whole.length === 0 && this.#end !== null) return;
    this.#end = { file, offset: from + whole.length };
    yield ['piece', { file, start: from, end: this.#end.offset, text: utf8.decode(whole), skipped }];
  }

  /** An incomplete character at the end of a file. */
  *#rest(): Generator<EventOf<LogEvents>> {
    const { rest } = this.#chunks;
    this.#chunks = new Utf8Chunks(false);
    if (rest.length === 0 || this.#end === null) return;
    const { file, offset } = this.#end;
    yield ['piece', { file, start: offset, end: offset + rest.length, text: utf8.decode(rest), skipped: 0 }];
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
