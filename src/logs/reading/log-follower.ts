// A log file as it grows: over rotation, removal and truncation. It looks when it is told to, never by itself.
import { AutoResetEvent } from '../../event-loop/auto-reset-event.ts';
import { successorOf } from './log-successor.ts';
import { type OpenLog, openLog } from './open-log.ts';

/** Calls back when something may have happened to the file at `path`. Returns how to end that. */
export type WatchLog = (path: string, callback: () => void) => () => void;

export interface FollowOptions {
  /** How much of what is there already comes first. */
  readonly lastBytes: number;
  readonly signal: AbortSignal;
}

const PIECE_BYTES = 64 * 1024;
/** By so much of what was sent last it is seen whether the file is still the one that it was. */
const KNOWN_BYTES = 64;
const TRUNCATED = Buffer.from('==> File truncated <==\n');
const SKIPPED = Buffer.from('==> Log rotated faster than it was read, output may be missing <==\n');

/**
 * The last bytes, then what is added, until `signal` is aborted. A file that was moved away is read to its end; the
 * next one follows from its first byte, also if it was rotated meanwhile. What was lost to somebody who reads too
 * slowly is replaced by a notice. Holds one piece. Rejects with the error of open(2) at the beginning.
 */
export async function* followLog(
  path: string,
  watch: WatchLog,
  { lastBytes, signal }: FollowOptions,
): AsyncGenerator<Uint8Array> {
  const bell = new AutoResetEvent(signal);
  let reader = await LogReader.open(path, lastBytes);
  const unwatch = watch(path, () => bell.ring());
  try {
    while (!signal.aborted) {
      const bytes = await reader.next();
      if (bytes !== null) {
        yield bytes;
        continue;
      }
      const successor = await successorOf(reader.log, path);
      if (successor === null) {
        await bell.rung();
        continue;
      }
      // What was added between the last look and the move is still to come.
      for (let rest = await reader.next(); rest !== null; rest = await reader.next()) yield rest;
      await reader.log.handle.close();
      reader = new LogReader(successor.log, 0);
      if (successor.skipped) yield SKIPPED;
    }
  } finally {
    unwatch();
    await reader.log.handle.close();
  }
}

/** Reads one file piece by piece, and notices when it was emptied. */
class LogReader {
  /** What stands before the position, as it was read. */
  #known: Uint8Array = new Uint8Array();

  constructor(
    readonly log: OpenLog,
    private position: number,
  ) {}

  static async open(path: string, lastBytes: number): Promise<LogReader> {
    const log = await openLog(path);
    return new LogReader(log, Math.max(0, Number(log.status.size) - lastBytes));
  }

  /** The next piece, or the notice that it begins anew; null at the end. */
  async next(): Promise<Uint8Array | null> {
    const known = this.#known.length;
    const buffer = Buffer.allocUnsafe(known + PIECE_BYTES);
    const { bytesRead } = await this.log.handle.read(buffer, 0, buffer.length, this.position - known);
    // It may have grown again since it was emptied: then something else stands where we were.
    if (bytesRead < known || !buffer.subarray(0, known).equals(this.#known) || (await this.#isShorter())) {
      this.position = 0;
      this.#known = new Uint8Array();
      return TRUNCATED;
    }
    if (bytesRead === known) return null;
    this.position += bytesRead - known;
    this.#known = Uint8Array.prototype.slice.call(buffer, Math.max(0, bytesRead - KNOWN_BYTES), bytesRead);
    return buffer.subarray(known, bytesRead);
  }

  async #isShorter(): Promise<boolean> {
    return this.#known.length === 0 && (await this.log.handle.stat()).size < this.position;
  }
}
