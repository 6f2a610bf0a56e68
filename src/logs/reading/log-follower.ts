// A log file as it grows: over rotation, removal and truncation. It looks when it is told to, never by itself.
import { AutoResetEvent } from '../../event-loop/auto-reset-event.ts';
import { startOfWholeLine } from './line-start.ts';
import { fileIdentity } from './log-files.ts';
import { successorOf } from './log-successor.ts';
import { type OpenLog, openLog } from './open-log.ts';
import { type ChooseStart, readRange } from './read-range.ts';

/** Calls back when something may have happened to the file at `path`. Returns how to end that. */
export type WatchLog = (path: string, callback: () => void) => () => void;

export interface FollowOptions {
  readonly chooseStart: ChooseStart;
  /** What is further behind the end of its file is skipped; without it everything is read. */
  readonly maxBehind?: number;
  readonly signal: AbortSignal;
}

export type LogEvent = LogBytes | Truncated | Rotated;

/** What stands in the file with the identity `file` from `start` on. */
export interface LogBytes {
  readonly kind: 'bytes';
  readonly file: string;
  readonly start: number;
  readonly bytes: Uint8Array;
  /** How many bytes before `start` were left out. */
  readonly skipped: number;
}

/** The file was emptied, and begins anew. */
export interface Truncated {
  readonly kind: 'truncated';
}

/** The next file begins. `lost`: between them there were others, which are gone or compressed. */
export interface Rotated {
  readonly kind: 'rotated';
  readonly lost: boolean;
}

const pieceBytes = 64 * 1024;
/** By so much of what was read last it is seen whether the file is still the one that it was. */
const knownBytes = 64;

/**
 * The bytes from the start that was chosen, which may be none, then what is added, until `signal` is aborted. A file
 * that was moved away is read to its end; the next one follows from its first byte, also if it was rotated meanwhile.
 * Holds one piece. Rejects as openLog does, or with the error of read(2).
 */
export async function* followLog(
  path: string,
  watch: WatchLog,
  { chooseStart, maxBehind = Number.POSITIVE_INFINITY, signal }: FollowOptions,
): AsyncGenerator<LogEvent> {
  const bell = new AutoResetEvent(signal);
  let reader = await LogReader.open(path, chooseStart, maxBehind);
  const unwatch = watch(path, () => bell.ring());
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
        await bell.rung();
        continue;
      }
      // What was added between the last look and the move is still to come.
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

/** Reads one file piece by piece, and notices when it was emptied. */
class LogReader {
  readonly #file: string;
  #position = 0;
  /** What stands before the position, as it was read. */
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
    return this.#piece(new Uint8Array(), 0);
  }

  /** The next piece, or the notice that it begins anew; null at the end. */
  async next(): Promise<LogBytes | Truncated | null> {
    const known = this.#known.length;
    const from = this.#position - known;
    const bytes = await readRange(this.log.handle, from, this.#position + pieceBytes);
    // It may have grown again since it was emptied: then something else stands where we were.
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
    const piece = this.#piece(bytes.subarray(known), 0);
    this.#position = from + bytes.length;
    this.#known = Uint8Array.prototype.slice.call(bytes, Math.max(0, bytes.length - knownBytes));
    return piece;
  }

  /** Goes nearer to the end if that is too far away; how many bytes were left out. */
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

  #piece(bytes: Uint8Array, skipped: number): LogBytes {
    return { kind: 'bytes', file: this.#file, start: this.#position, bytes, skipped };
  }
}
