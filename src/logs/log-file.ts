// A regular log file in the worker: appends, rotates, survives being moved away, a full disk, a missing directory.
import { fstatSync } from 'node:fs';
import type { Rotation } from '../config/config.ts';
import { E, errnoName, SyscallError } from '../linux/errno.ts';
import { explainUntrusted } from '../linux/explain-untrusted.ts';
import { closeFile, type Memory, openAppend, truncateFile, writeFrom } from '../linux/file.ts';
import { removeGuarded, statusOfGuarded } from '../linux/guarded-file.ts';
import { UntrustedPath } from '../linux/guarded-path.ts';
import { awaitsCompression } from './compressed-copy.ts';
import { DropCounter } from './drop-counter.ts';
import { errnoOf, type LogTarget } from './log-target.ts';
import { holdOldest, removeOldBackups, shiftBackups } from './rotation.ts';
import { lastTime, nextTime } from './rotation-schedule.ts';

/** How often it is looked whether the file is still the one at its path; only while something is written. */
const lookIntervalMs = 500;
/** A disk that refused is asked again after this time, when there is something to write. */
const retryIntervalMs = 100;
/** A rotation that failed (a directory that is not ours) is tried again after this time. */
const rotationRetryMs = 30_000;
/** That a path is not to be trusted is told no more often. */
const refusalIntervalMs = 30_000;

const newline = 0x0a;

/** What a log file tells its surroundings. */
export interface LogFileEvents {
  /** What went wrong, for people. */
  trouble(message: string): void;
  /** There are old files, perhaps to be compressed. */
  rotated(path: string, rotation: Rotation, writer: number | null): void;
  /** A file that was removed and is freed when this is closed: a matter of many milliseconds if it is large. */
  discarded(fd: number): void;
}

/** How a log is opened, and opened again. */
export interface LogOpening {
  readonly path: string;
  /** Permissions of a file that is created. */
  readonly mode: number;
  /** The uid of the program that writes it: beside root's, its files are taken where others can change the directory. */
  readonly writer: number | null;
  readonly rotation: Rotation;
}

export class LogFile implements LogTarget {
  readonly waitsFor = null;
  #size = 0;
  #inode = 0;
  #device = 0;
  #looked = 0;
  #retryAt = 0;
  /** A rotation that failed is not tried again before, on the clock of performance.now(). */
  #noRotationUntil = 0;
  #rotatesAt: number | null = null;
  /** Why nothing is open, when nothing is. */
  #openError = 0;
  /** On the clock of performance.now(). */
  #refusalTold = Number.NEGATIVE_INFINITY;
  readonly lineWaitMs = 0;
  readonly #losses: DropCounter;

  /** Takes over `fd`, a regular file open for appending; a negated error number when it could not be opened yet. */
  constructor(
    private opening: LogOpening,
    private fd: number,
    private readonly events: LogFileEvents,
  ) {
    this.#losses = new DropCounter(opening.path, events.trouble);
    if (fd < 0) this.#openError = -fd;
    else this.#identify();
    this.#catchUp();
  }

  /** Somebody opened the path again: goes on with his descriptor and his wishes. */
  adopt(fd: number, opening: LogOpening): void {
    this.opening = opening;
    this.#replace(fd);
    this.#catchUp();
  }

  /** When it rotates by the clock, in milliseconds of Unix time; null when never. */
  get rotatesAt(): number | null {
    return this.#rotatesAt;
  }

  /** To be called when that time has come. */
  rotateOnSchedule(): void {
    this.rotate();
    this.#setNextTime();
  }

  /** Begins a new file, unless this one is empty; the error number, or 0. */
  rotate(): number {
    const size = this.#sizeIfOurs();
    // Somebody else has moved it: that is rotation enough.
    if (size === null) this.#look(performance.now());
    return size ? this.#turnOver() : 0;
  }

  write(memory: Memory, start: number, end: number): void {
    const now = performance.now();
    if (this.#losses.active && now < this.#retryAt) {
      this.#losses.add(end - start, E.EIO);
      return;
    }
    if (now - this.#looked >= lookIntervalMs || this.fd < 0) this.#look(now);
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
    this.#losses.end('closed');
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

  /** As errnoOf; that the path is not to be trusted is told. */
  #errnoOf(action: () => void): number {
    return errnoOf(() => {
      try {
        action();
      } catch (error) {
        if (error instanceof UntrustedPath) this.#tellRefusal(error);
        throw error;
      }
    });
  }

  #tellRefusal(refusal: UntrustedPath): void {
    const now = performance.now();
    if (now - this.#refusalTold < refusalIntervalMs) return;
    this.#refusalTold = now;
    this.events.trouble(explainUntrusted(refusal));
  }

  #isFullAfter(bytes: number): boolean {
    const { maxBytes } = this.opening.rotation;
    return maxBytes > 0 && this.#size + bytes >= maxBytes;
  }

  #append(memory: Memory, start: number, end: number, now: number): void {
    let at = start;
    while (at < end) {
      const count = this.fd < 0 ? -this.#openError : writeFrom(this.fd, memory, at, end);
      if (count === -E.EINTR) continue;
      if (count <= 0) {
        this.#losses.add(end - at, count === 0 ? E.EIO : -count);
        this.#retryAt = now + retryIntervalMs;
        break;
      }
      at += count;
      this.#size += count;
    }
    if (at === end && this.#losses.active) this.#losses.end('written');
  }

  #replace(fd: number): void {
    if (this.fd >= 0) closeFile(this.fd);
    this.fd = fd;
    this.#identify();
  }

  #identify(): void {
    const status = fstatSync(this.fd);
    this.#size = status.size;
    this.#inode = status.ino;
    this.#device = status.dev;
    this.#looked = performance.now();
  }

  /** Somebody moved or removed the file, or emptied it: go on where the path points now. */
  #look(now: number): void {
    this.#looked = now;
    const size = this.#sizeIfOurs();
    if (size !== null) {
      this.#size = size;
      return;
    }
    const failure = this.reopen();
    // A file that was moved is still a good place; one that was removed would swallow the bytes unseen.
    if (failure === 0 || this.fd < 0 || fstatSync(this.fd).nlink > 0) return;
    closeFile(this.fd);
    this.fd = -1;
    this.#openError = failure;
  }

  /** Null when the path leads to another file than ours, or to none. */
  #sizeIfOurs(): number | null {
    if (this.fd < 0) return null;
    try {
      const status = statusOfGuarded(this.path, this.opening.writer);
      return status?.ino === this.#inode && status.dev === this.#device ? status.size : null;
    } catch (error) {
      // Without a descriptor to look with it is taken for ours.
      if (error instanceof SyscallError) return this.#size;
      throw error;
    }
  }

  #rotateIfFull(now: number): void {
    const size = this.#sizeIfOurs();
    if (size === null) return this.#look(now);
    this.#size = size;
    if (!this.#isFullAfter(0)) return;
    const failure = this.#turnOver();
    if (failure === 0) {
      this.#noRotationUntil = 0;
      return;
    }
    if (this.#noRotationUntil === 0) {
      this.events.trouble(`cannot rotate ${this.path}: ${errnoName(failure)}; it goes on growing`);
    }
    this.#noRotationUntil = now + rotationRetryMs;
  }

  #turnOver(): number {
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

  /** What the clock would have asked for while nobody had the log open. */
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
    // Where nothing can be seen, nothing can be compressed.
    if (compression) errnoOf(awaits);
  }

  #setNextTime(): void {
    const { schedule } = this.opening.rotation;
    this.#rotatesAt = schedule ? nextTime(schedule, Date.now()) : null;
  }

  #removeOld(): void {
    const { backups, maxAgeSeconds } = this.opening.rotation;
    // What cannot be removed now can perhaps be next time; it does no harm.
    if (maxAgeSeconds !== null) errnoOf(() => removeOldBackups(this.path, backups, maxAgeSeconds));
  }
}

/** Where the last whole line ends, so that no line is torn between two files; without one, the end. */
function endOfLines(bytes: Uint8Array, start: number, end: number): number {
  const last = bytes.lastIndexOf(newline, end - 1);
  return last >= start ? last + 1 : end;
}
