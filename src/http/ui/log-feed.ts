// A log as somebody watches it: its end, then what is added, not faster than a person could look.
import type { FileHandle } from 'node:fs/promises';
import { stat } from 'node:fs/promises';
import { AutoResetEvent } from '../../event-loop/auto-reset-event.ts';
import type { WatchLog } from '../../logs/reading/log-follower.ts';
import { openLog } from '../../logs/reading/open-log.ts';
import { unfinishedBytes } from '../../logs/reading/utf8-chunks.ts';
import type { LogEvents, LogPiece } from './api-types.ts';
import type { Frame } from './event-frames.ts';
import { fileIdentity } from './log-files.ts';
import { type LogPosition, wholeLinesBefore } from './log-piece.ts';

/** What is further behind than this is skipped. */
const PIECE_BYTES = 64 * 1024;
/** Between two pieces; with the length of a piece the most that the page has to show. */
const PAUSE_MS = 200;

/** `from`: where somebody left off. Until `gone` is aborted; rejects with the error of open(2) at the beginning. */
export async function* logFeed(
  path: string,
  from: LogPosition | null,
  watch: WatchLog,
  gone: AbortSignal,
): AsyncGenerator<Frame<LogEvents>> {
  let follower = await Follower.open(path);
  const bell = new AutoResetEvent(gone);
  const unwatch = watch(path, () => bell.ring());
  try {
    yield ['piece', await follower.begin(from)];
    while (!gone.aborted) {
      const next = await follower.next();
      if (next !== null) {
        yield next;
        await Bun.sleep(PAUSE_MS);
        continue;
      }
      const successor = await follower.successor();
      if (successor === null) await bell.rung();
      else {
        await follower.close();
        follower = successor;
        yield ['fresh', { why: 'rotated' }];
      }
    }
  } finally {
    unwatch();
    await follower.close();
  }
}

class Follower {
  #position = 0;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly identity: string,
  ) {}

  static async open(path: string): Promise<Follower> {
    const { handle, status } = await openLog(path);
    return new Follower(path, handle, fileIdentity(status));
  }

  /** From where somebody left off, if that is not far back; else the end. */
  async begin(from: LogPosition | null): Promise<LogEvents['piece']> {
    const { size } = await this.handle.stat();
    const isNear = from?.file === this.identity && from.offset <= size && size - from.offset <= PIECE_BYTES;
    if (from && isNear) {
      this.#position = from.offset;
      return { file: this.identity, start: from.offset, end: from.offset, text: '', skipped: 0 };
    }
    return this.#end(null);
  }

  /** What was added, or null when nothing was. */
  async next(): Promise<Frame<LogEvents> | null> {
    const { size } = await this.handle.stat();
    if (size < this.#position) {
      this.#position = 0;
      return ['fresh', { why: 'truncated' }];
    }
    if (size - this.#position > PIECE_BYTES) return ['piece', await this.#end(this.#position)];
    const buffer = Buffer.allocUnsafe(size - this.#position);
    const { bytesRead } = await this.handle.read(buffer, 0, buffer.length, this.#position);
    const bytes = buffer.subarray(0, bytesRead - unfinishedBytes(buffer.subarray(0, bytesRead)));
    if (bytes.length === 0) return null;
    const start = this.#position;
    this.#position += bytes.length;
    const text = utf8.decode(bytes);
    return ['piece', { file: this.identity, start, end: this.#position, text, skipped: 0 }];
  }

  /** Of the file that has the name now; null while it is this one, or none. */
  async successor(): Promise<Follower | null> {
    try {
      const named = fileIdentity(await stat(this.path));
      return named === this.identity ? null : await Follower.open(this.path);
    } catch {
      return null;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  async #end(seen: number | null): Promise<LogEvents['piece']> {
    const piece: LogPiece = await wholeLinesBefore(this.handle, Number.MAX_SAFE_INTEGER);
    this.#position = piece.end;
    return { ...piece, skipped: seen === null ? 0 : piece.start - seen };
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
