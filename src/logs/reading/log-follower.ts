// Follows a log file across rotation, removal and truncation. Event-driven: reads when the watch calls back, never
// polls.
import { AutoResetEvent } from '../../event-loop/auto-reset-event.ts';
import { startOfWholeLine } from './line-start.ts';
import { fileIdentity } from './log-files.ts';
import { successorOf } from './log-successor.ts';
import { type OpenLog, openLog } from './open-log.ts';
import { type ChooseStart, readRange } from './read-range.ts';

/** Calls back when the file at `path` may have changed. Returns unsubscribe. */
export type WatchLog = (path: string, callback: () => void) => () => void;

export interface FollowOptions {
  readonly chooseStart: ChooseStart;
  /** Bound on the backlog in bytes: older data is skipped; without it everything is read. */
  readonly maxBehind?: number;
  readonly signal: AbortSignal;
}

export type LogEvent = LogBytes | Truncated | Rotated;

/** Bytes of the file with the identity `file`, from `start` on. */
export interface LogBytes {
  readonly kind: 'bytes';
  readonly file: string;
  readonly start: number;
  readonly bytes: Uint8Array;
  /** Number of bytes skipped before `start`. */
  readonly skipped: number;
}

/** The file was truncated; reading restarts at 0. */
export interface Truncated {
  readonly kind: 'truncated';
}

/** The next file follows. `lost`: files in between are gone or compressed. */
export interface Rotated {
  readonly kind: 'rotated';
  readonly lost: boolean;
}

const pieceBytes = 64 * 1024;
/** This many of the last bytes read are compared to detect a truncation after which the file has grown again. */
const knownBytes = 64;

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
      // Reads what was appended between the last read and the rename.
      for (let rest = await reader.next(); rest !== null; rest = await reader.next()) yield rest;
      await reader.log.handle.close();
      reader = new LogReader(successor.log, maxBehind);
      yield { kind: 'rotated', lost: successor.lost };
    }
  } finally {
    unwatch();
    await reader.log.handle.close();
  }
}

/** Reads one file piece by piece and detects truncation. */
class LogReader {
  readonly #file: string;
  #position = 0;
  /** The bytes before the position, as they were read. */
  #known: Uint8Array = new Uint8Array();

  constructor(
    readonly log: OpenLog,
    private readonly maxBehind: number,
  ) {
    this.#file = fileIdentity(log.status);
  }

  static async open(path: string, chooseStart: ChooseStart, maxBehind: number): Promise<LogReader> {
    const log = await openLog(path);
    try {
      const reader = new LogReader(log, maxBehind);
      await reader.#moveTo(await chooseStart(log));
      return reader;
    } catch (error) {
      await log.handle.close();
      throw error;
    }
  }

  get nothing(): LogBytes {
    return this.#piece(new Uint8Array());
  }

  /** The next piece, or `truncated`; null at EOF. */
  async next(): Promise<LogBytes | Truncated | null> {
    const known = this.#known.length;
    const from = this.#position - known;
    const bytes = await readRange(this.log.handle, from, this.#position + pieceBytes);
    // A truncated file may have grown again: then other bytes precede the position.
    if (bytes.length < known || !bytes.subarray(0, known).equals(this.#known)) {
      await this.#moveTo(0);
      return { kind: 'truncated' };
    }
    if (bytes.length === known) return null;
    const skipped = bytes.length - known === pieceBytes ? await this.#skip() : 0;
    if (skipped > 0) {
      const nearer = await this.next();
      return nearer?.kind === 'bytes' ? { ...nearer, skipped: skipped + nearer.skipped } : nearer;
    }
    const piece = this.#piece(bytes.subarray(known));
    this.#position = from + bytes.length;
    this.#known = Uint8Array.prototype.slice.call(bytes, Math.max(0, bytes.length - knownBytes));
    return piece;
  }

  /** Skips ahead when the backlog exceeds maxBehind; returns the number of skipped bytes. */
  async #skip(): Promise<number> {
    const { size } = await this.log.handle.stat();
    if (size - this.#position <= this.maxBehind) return 0;
    const before = this.#position;
    await this.#moveTo(await startOfWholeLine(this.log.handle, size - this.maxBehind, size));
    return this.#position - before;
  }

  async #moveTo(position: number): Promise<void> {
    const from = Math.max(0, position - knownBytes);
    this.#known = await readRange(this.log.handle, from, position);
    this.#position = from + this.#known.length;
  }

  #piece(bytes: Uint8Array): LogBytes {
    return { kind: 'bytes', file: this.#file, start: this.#position, bytes, skipped: 0 };
  }
}
