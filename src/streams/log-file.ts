// A log file in the worker: appends, rotates, survives being moved away and a full disk.
import { fstatSync, renameSync, statSync, unlinkSync } from 'node:fs';
import type { Rotation } from '../config/config.ts';
import { errnoName, SyscallError } from '../linux/errno.ts';
import { isStandardStream, openAppend, writeAll } from '../linux/file.ts';
import { libc, ptr } from '../linux/libc.ts';

/** How often it is looked whether the file is still the one at its path; only while something is written. */
const lookIntervalMs = 1000;

export class LogFile {
  #size = 0;
  /** A regular file of its own: anything else, our own stdout included, is written to and left alone. */
  #regular = false;
  #inode = 0;
  #lastLook = 0;
  #lostBytes = 0;
  /** Who writes to it: streams and holders of a Log. */
  references = 1;

  constructor(
    readonly path: string,
    private fd: number,
    private readonly rotation: Rotation,
    private readonly onTrouble: (message: string) => void,
  ) {
    this.#identify();
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.writeAt(ptr(bytes), bytes.length);
  }

  /** `pointer` to `length` bytes that do not change meanwhile. */
  writeAt(pointer: number, length: number): void {
    this.#look();
    const { written, errno } = writeAll(this.fd, pointer, length);
    this.#size += written;
    if (errno !== 0) this.#lose(length - written, errno);
    else if (this.#lostBytes > 0) this.#recover();
    if (this.#regular && this.rotation.maxBytes > 0 && this.#size >= this.rotation.maxBytes) this.#rotate();
  }

  /** Removes it and begins anew; the error number, or 0. Anything that is no regular file stays. */
  clear(): number {
    if (!this.#regular) return 0;
    return errnoOf(() => {
      removeIfThere(this.path);
      this.#openAgain();
    });
  }

  reopen(): number {
    return errnoOf(() => this.#openAgain());
  }

  close(): void {
    libc.close(this.fd);
  }

  #identify(): void {
    const status = fstatSync(this.fd);
    this.#regular = status.isFile() && !isStandardStream(this.path);
    this.#size = status.size;
    this.#inode = status.ino;
  }

  #openAgain(): void {
    const fd = openAppend(this.path);
    libc.close(this.fd);
    this.fd = fd;
    this.#identify();
  }

  /** Somebody moved or removed the file, or emptied it: go on where the path points now. */
  #look(): void {
    const now = performance.now();
    if (!this.#regular || now - this.#lastLook < lookIntervalMs) return;
    this.#lastLook = now;
    const status = statSync(this.path, { throwIfNoEntry: false });
    if (status?.ino === this.#inode) this.#size = status.size;
    else this.reopen();
  }

  #lose(bytes: number, errno: number): void {
    if (this.#lostBytes === 0)
      this.onTrouble(`cannot write to ${this.path}: ${errnoName(errno)}; output is dropped`);
    this.#lostBytes += bytes;
  }

  #recover(): void {
    this.onTrouble(`writing to ${this.path} again; ${this.#lostBytes} bytes were dropped`);
    this.#lostBytes = 0;
  }

  /** BASE.1 is the youngest of `backups` old files; without backups the file is emptied. */
  #rotate(): void {
    try {
      if (this.rotation.backups > 0) this.#shiftBackups();
      else removeIfThere(this.path);
      this.#openAgain();
    } catch (error) {
      this.onTrouble(`cannot rotate ${this.path}: ${error instanceof Error ? error.message : String(error)}`);
      this.#size = 0;
    }
  }

  #shiftBackups(): void {
    for (let number = this.rotation.backups - 1; number >= 1; number -= 1) {
      renameIfThere(`${this.path}.${number}`, `${this.path}.${number + 1}`);
    }
    renameIfThere(this.path, `${this.path}.1`);
  }
}

function renameIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to);
}

function removeIfThere(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })) unlinkSync(path);
}

function errnoOf(action: () => void): number {
  try {
    action();
    return 0;
  } catch (error) {
    if (error instanceof SyscallError) return error.errno;
    if (error instanceof Error && 'errno' in error && typeof error.errno === 'number')
      return Math.abs(error.errno);
    throw error;
  }
}
