// A regular log file in a worker: appends and rotates; survives a rename, a full disk, a missing directory.
import { fstatSync } from 'node:fs';
import type { Rotation } from '../config/config.ts';
import { E, errnoName, SyscallError } from '../linux/errno.ts';
import { explainUntrusted } from '../linux/explain-untrusted.ts';
import { closeFile, type Memory, openAppend, truncateFile, writeFrom } from '../linux/file.ts';
import { removeGuarded, statusOfGuarded } from '../linux/guarded-file.ts';
import { UntrustedPath } from '../linux/guarded-path.ts';
import { fromMonotonic, toMonotonic } from '../linux/monotonic-clock.ts';
import { awaitsCompression } from './compressed-copy.ts';
import { DropCounter } from './drop-counter.ts';
import { errnoOf, type LogTarget } from './log-target.ts';
import { holdOldest, removeOldBackups, shiftBackups } from './rotation.ts';
import { lastTime, nextTime } from './rotation-schedule.ts';

/** Throttles the check whether the file is still the one at its path; done on writes only. */
export const checkIntervalMs = 500;
/** Throttles writes after an error. */
export const retryIntervalMs = 100;
/** Delay before a failed rotation is retried (for example in a read-only directory). */
const rotationRetryMs = 30_000;
/** Throttles messages about an untrusted path. */
const refusalIntervalMs = 30_000;

const newline = 0x0a;

/** Events of a log file. */
export interface LogFileEvents {
  /** A message for people. */
  trouble(message: string): void;
  /** There may be backups to compress. */
  rotated(path: string, rotation: Rotation, writer: number | null): void;
  /** The last descriptor of a removed file: closing it frees its blocks, which takes long for a large file. */
  discarded(fd: number): void;
}

/** How a log is opened and reopened. */
export interface LogOpening {
  readonly path: string;
  /** Mode of a created file. */
  readonly mode: number;
  /** The uid of the program that writes it, which may own the file in an untrusted directory, as root may. */
  readonly writer: number | null;
  readonly rotation: Rotation;
}

/** Size and identity of the file are read from its descriptor again. Serialisable. */
export interface LogFileSnapshot {
  readonly kind: 'file';
  readonly opening: LogOpening;
  /** Or a negated errno while it cannot be opened. */
  readonly fd: number;
  /** Dropped bytes; null while none are. */
  readonly dropped: number | null;
  /** When a failed rotation is retried (CLOCK_MONOTONIC, in milliseconds); null when the last one has not failed. */
  readonly rotationRetryAt: number | null;
}

export class LogFile implements LogTarget {
  readonly waitsFor = null;
  #size = 0;
  #inode = 0;
  #device = 0;
  #checkedAt = 0;
  #retryAt = 0;
  /** When a failed rotation is retried, on the clock of `now`. */
  #noRotationUntil = 0;
  #rotatesAt: number | null = null;
  /** When a refusal was last reported, on the clock of `now`. */
  #refusalReportedAt = Number.NEGATIVE_INFINITY;
  readonly lineWaitMs = 0;
  readonly #drops: DropCounter;

  /** Owns `fd`, a regular file open for appending, or a negated errno while it cannot be opened. */
  constructor(
    private opening: LogOpening,
    private fd: number,
    private readonly events: LogFileEvents,
    /** Milliseconds on a monotonic clock. */
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#drops = new DropCounter(opening.path, events.trouble);
    if (fd >= 0) this.#identify();
    this.#catchUp();
  }

  /**
   * Owns the descriptor of the snapshot from then on. Catches up on a scheduled rotation that was missed meanwhile, and
   * reports backups whose compression was interrupted.
   */
  static restore(snapshot: LogFileSnapshot, events: LogFileEvents, now?: () => number): LogFile {
    const file = new LogFile(snapshot.opening, snapshot.fd, events, now);
    const { dropped, rotationRetryAt } = snapshot;
    file.#drops.restore(dropped);
    if (rotationRetryAt !== null) file.#noRotationUntil = fromMonotonic(rotationRetryAt);
    return file;
  }

  snapshot(): LogFileSnapshot {
    const retryAt = this.#noRotationUntil;
    return {
      kind: 'file',
      opening: this.opening,
      fd: this.fd,
      dropped: this.#drops.snapshot(),
      rotationRetryAt: retryAt === 0 ? null : toMonotonic(retryAt),
    };
  }

  /** The path was opened again: continues with the new descriptor and settings. */
  adopt(fd: number, opening: LogOpening): void {
    this.opening = opening;
    this.#replace(fd);
    this.#catchUp();
  }

  /** The next scheduled rotation, in milliseconds of Unix time; null without a schedule. */
  get rotatesAt(): number | null {
    return this.#rotatesAt;
  }

  /** Call it at that time. */
  rotateOnSchedule(): void {
    this.rotate();
    this.#setNextTime();
  }

  /** Rotates, unless the file is empty. Returns the errno, or 0. */
  rotate(): number {
    const size = this.#sizeIfCurrent();
    // Another process has renamed it, which is a rotation already.
    if (size === null) this.#checkPath(this.now());
    return size ? this.#rotateNow() : 0;
  }

  write(memory: Memory, start: number, end: number): void {
    const now = this.now();
    if (this.#drops.active && now < this.#retryAt) {
      this.#drops.add(end - start, E.EIO);
      return;
    }
    if (now - this.#checkedAt >= checkIntervalMs || this.fd < 0) this.#checkPath(now);
    if (!this.#isFullAfter(end - start) || now < this.#noRotationUntil) {
      this.#append(memory, start, end, now);
      return;
    }
    const cut = endOfLines(memory.bytes, start, end);
    this.#append(memory, start, cut, now);
    if (this.#isFullAfter(0)) this.#rotateIfFull(now);
    if (cut < end) this.#append(memory, cut, end, now);
  }

  clear(): number {
    return this.#errnoOf(() => {
      removeGuarded(this.path);
      this.#replace(this.#open());
    });
  }

  reopen(): number {
    return this.#errnoOf(() => this.#replace(this.#open()));
  }

  close(): void {
    this.#drops.end('closed');
    if (this.fd >= 0) closeFile(this.fd);
    this.fd = -1;
  }

  get path(): string {
    return this.opening.path;
  }

  #open(): number {
    const { path, mode, writer } = this.opening;
    return openAppend(path, mode, writer);
  }

  /** Like errnoOf; reports an untrusted path. */
  #errnoOf(action: () => void): number {
    return errnoOf(() => {
      try {
        action();
      } catch (error) {
        if (error instanceof UntrustedPath) this.#reportRefusal(error);
        throw error;
      }
    });
  }

  #reportRefusal(refusal: UntrustedPath): void {
    const now = this.now();
    if (now - this.#refusalReportedAt < refusalIntervalMs) return;
    this.#refusalReportedAt = now;
    this.events.trouble(explainUntrusted(refusal));
  }

  #isFullAfter(bytes: number): boolean {
    const { maxBytes } = this.opening.rotation;
    return maxBytes > 0 && this.#size + bytes >= maxBytes;
  }

  #append(memory: Memory, start: number, end: number, now: number): void {
    let at = start;
    while (at < end) {
      const count = this.fd < 0 ? this.fd : writeFrom(this.fd, memory, at, end);
      if (count === -E.EINTR) continue;
      if (count <= 0) {
        this.#drops.add(end - at, count === 0 ? E.EIO : -count);
        this.#retryAt = now + retryIntervalMs;
        break;
      }
      at += count;
      this.#size += count;
    }
    if (at === end && this.#drops.active) this.#drops.end('written');
  }

  #replace(fd: number): void {
    if (this.fd >= 0) closeFile(this.fd);
    this.fd = fd;
    this.#retryAt = 0;
    this.#identify();
  }

  #identify(): void {
    const status = fstatSync(this.fd);
    this.#size = status.size;
    this.#inode = status.ino;
    this.#device = status.dev;
    this.#checkedAt = this.now();
  }

  /** Detects that another process has renamed, removed or truncated the file, and continues at the path. */
  #checkPath(now: number): void {
    this.#checkedAt = now;
    const size = this.#sizeIfCurrent();
    if (size !== null) {
      this.#size = size;
      return;
    }
    const failure = this.reopen();
    // When the path cannot be opened, a renamed file is still readable for people; a removed one is not.
    if (failure === 0 || this.fd < 0 || fstatSync(this.fd).nlink > 0) return;
    closeFile(this.fd);
    this.fd = -failure;
  }

  /** The size; null when another file, or none, is at the path. */
  #sizeIfCurrent(): number | null {
    if (this.fd < 0) return null;
    try {
      const status = statusOfGuarded(this.path, this.opening.writer);
      return status?.ino === this.#inode && status.dev === this.#device ? status.size : null;
    } catch (error) {
      // When descriptors run out it counts as unchanged.
      if (error instanceof SyscallError) return this.#size;
      throw error;
    }
  }

  #rotateIfFull(now: number): void {
    const size = this.#sizeIfCurrent();
    if (size === null) return this.#checkPath(now);
    this.#size = size;
    if (!this.#isFullAfter(0)) return;
    const failure = this.#rotateNow();
    if (failure === 0) {
      this.#noRotationUntil = 0;
      return;
    }
    if (this.#noRotationUntil === 0) {
      this.events.trouble(`cannot rotate ${this.path}: ${errnoName(failure)}; it goes on growing`);
    }
    this.#noRotationUntil = now + rotationRetryMs;
  }

  #rotateNow(): number {
    const { rotation, writer } = this.opening;
    const { backups } = rotation;
    if (backups <= 0) {
      const failure = truncateFile(this.fd);
      if (failure === 0) this.#size = 0;
      return failure;
    }
    let oldest: readonly number[] = [];
    const failure = this.#errnoOf(() => {
      oldest = holdOldest(this.path, backups);
      shiftBackups(this.path, backups);
      this.#replace(this.#open());
      this.#removeOld();
      this.events.rotated(this.path, rotation, writer);
    });
    for (const fd of oldest) this.events.discarded(fd);
    return failure;
  }

  /** Catches up on a scheduled rotation missed while the log was not open. */
  #catchUp(): void {
    this.#removeOld();
    const { rotation, writer } = this.opening;
    const { schedule } = rotation;
    if (
      schedule &&
      this.#size > 0 &&
      this.fd >= 0 &&
      fstatSync(this.fd).mtimeMs < lastTime(schedule, Date.now())
    )
      this.rotate();
    this.#setNextTime();
    const { compression, backups } = rotation;
    const awaits = (): void => {
      if (awaitsCompression(this.path, backups)) this.events.rotated(this.path, rotation, writer);
    };
    // Best effort: in a directory that cannot be read nothing can be compressed.
    if (compression) errnoOf(awaits);
  }

  #setNextTime(): void {
    const { schedule } = this.opening.rotation;
    this.#rotatesAt = schedule ? nextTime(schedule, Date.now()) : null;
  }

  #removeOld(): void {
    const { backups, maxAgeSeconds } = this.opening.rotation;
    // Best effort: removal is tried again at the next rotation.
    if (maxAgeSeconds !== null) errnoOf(() => removeOldBackups(this.path, backups, maxAgeSeconds));
  }
}

/** The end of the last whole line, so that no line is split over two files; `end` without a newline. */
function endOfLines(bytes: Uint8Array, start: number, end: number): number {
  const last = bytes.lastIndexOf(newline, end - 1);
  return last >= start ? last + 1 : end;
}
