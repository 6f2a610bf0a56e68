// The log that a page follows: its end, then what is added, throttled to what a person can read.

import { startOfWholeLine } from '../../logs/reading/line-start.ts';
import { fileIdentity } from '../../logs/reading/log-files.ts';
import { followLog, type LogBytes, type LogEvent, type WatchLog } from '../../logs/reading/log-follower.ts';
import type { LogPosition } from '../../logs/reading/log-piece.ts';
import type { OpenLog } from '../../logs/reading/open-log.ts';
import { Utf8Chunks } from '../../logs/reading/utf8-chunks.ts';
import type { EventOf } from '../event-stream.ts';
import type { LogEvents } from './api-types.ts';

/** What is further behind than this is skipped. */
const maxBehindBytes = 64 * 1024;
/** Between two pieces; with the length of a piece the most that the page has to show. */
const pauseMs = 200;

/** `from`: where an earlier connection ended. Until `gone` is aborted; rejects as openLog does. */
export async function* logFeed(
  path: string,
  from: LogPosition | null,
  watch: WatchLog,
  gone: AbortSignal,
): AsyncGenerator<EventOf<LogEvents>> {
  const text = new LogText();
  const chooseStart = (log: OpenLog) => startNear(log, from);
  for await (const event of followLog(path, watch, {
    chooseStart,
    maxBehind: maxBehindBytes,
    signal: gone,
  })) {
    yield* text.eventsOf(event);
    if (event.kind === 'bytes') await Bun.sleep(pauseMs);
  }
}

/** Where the earlier connection ended, if that is not far back; else the last lines. */
function startNear({ handle, status }: OpenLog, from: LogPosition | null): number | Promise<number> {
  const size = Number(status.size);
  const isNear =
    from?.file === fileIdentity(status) && from.offset <= size && size - from.offset <= maxBehindBytes;
  return from && isNear ? from.offset : startOfWholeLine(handle, size - maxBehindBytes, size);
}

/** Makes text of the bytes of a followed log, never cut inside a character. */
class LogText {
  #chunks = new Utf8Chunks(false);
  /** Where what was told so far ends; null before the first piece. */
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

  /** The first one tells where the log stands, even if nothing is there. */
  *#pieceOf({ file, start, bytes, skipped }: LogBytes): Generator<EventOf<LogEvents>> {
    const from = start - this.#chunks.rest.length;
    const whole = this.#chunks.push(bytes);
    if (whole.length === 0 && this.#end !== null) return;
    this.#end = { file, offset: from + whole.length };
    yield ['piece', { file, start: from, end: this.#end.offset, text: utf8.decode(whole), skipped }];
  }

  /** The beginning of a character whose end never came. */
  *#rest(): Generator<EventOf<LogEvents>> {
    const { rest } = this.#chunks;
    this.#chunks = new Utf8Chunks(false);
    if (rest.length === 0 || this.#end === null) return;
    const { file, offset } = this.#end;
    yield ['piece', { file, start: offset, end: offset + rest.length, text: utf8.decode(rest), skipped: 0 }];
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
