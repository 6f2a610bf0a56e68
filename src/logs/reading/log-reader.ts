// Reads one file of a followed log piece by piece, and detects that it was truncated.
import { startOfWholeLine } from './line-start.ts';
import { fileIdentity } from './log-files.ts';
import { type OpenLog, openLog } from './open-log.ts';
import { type ChooseStart, readRange } from './read-range.ts';

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

const pieceBytes = 64 * 1024;
/** This many of the last bytes read are compared to detect a truncation after which the file has grown again. */
const knownBytes = 64;

export class LogReader {
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

  /** Rejects like openLog, or with the error of read(2). */
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
