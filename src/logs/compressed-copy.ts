// Compressed copies of backups: creates the copy and replaces the original by it. Both are identified by descriptor,
// because a user who can change the directory can replace the names.
import { fchmodSync, fchownSync, fstatSync, futimesSync, type Stats } from 'node:fs';
import { closeFile } from '../linux/file.ts';
import { openIn } from '../linux/guarded-file.ts';
import { UntrustedPath } from '../linux/guarded-path.ts';
import { O_CREAT, O_EXCL, O_NOCTTY, O_NONBLOCK, O_RDONLY, O_WRONLY } from '../linux/open-flags.ts';
import { inLogDirectory, type LogDirectory, plainBackups } from './rotation.ts';

export interface CompressedCopy {
  /** The backup, open for reading. */
  readonly original: number;
  /** Its size when it was opened: no more is copied, even if it grows. */
  readonly bytes: number;
  /** An empty new file, open for writing. */
  readonly copy: number;
  /** For messages. */
  readonly path: string;
}

/** Whether backups are uncompressed, or a compression was interrupted by a shutdown. */
export function awaitsCompression(path: string, backups: number): boolean {
  return inLogDirectory(
    path,
    (at) => plainBackups(at, backups).length > 0 || at.directory.has(unfinishedCopy(at)),
  );
}

/**
 * Opens the oldest uncompressed backup and creates its copy; null when there is none. In an untrusted directory, files
 * with several links or of another user are skipped: they are no log. Throws the error of the system call.
 */
export function beginCopy(path: string, backups: number, writer: number | null): CompressedCopy | null {
  return inLogDirectory(path, (at) => {
    at.directory.removeIfThere(unfinishedCopy(at));
    for (const name of plainBackups(at, backups)) {
      const original = openOriginal(at, name, writer);
      if (original === null) continue;
      try {
        const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOCTTY;
        const copy = at.directory.openFile(unfinishedCopy(at), flags, 0o600);
        return { original, bytes: fstatSync(original).size, copy, path: at.directory.pathOf(name) };
      } catch (error) {
        closeFile(original);
        throw error;
      }
    }
    return null;
  });
}

/**
 * Replaces the original by the copy, with its owner, mode and mtime, under the number it has by now. When the original is
 * gone, removes the copy. Throws the error of the system call.
 */
export function finishCopy(
  path: string,
  backups: number,
  { original, copy }: CompressedCopy,
  suffix: string,
): void {
  const { uid, gid, mode, atime, mtime } = fstatSync(original);
  inLogDirectory(path, (at) => {
    const made = unfinishedCopy(at);
    if (!isSame(at, made, fstatSync(copy))) return;
    const status = fstatSync(original);
    const name = plainBackups(at, backups).find((candidate) => isSame(at, candidate, status));
    if (name === undefined) return at.directory.removeIfThere(made);
    fchownSync(copy, uid, gid);
    fchmodSync(copy, mode & 0o777);
    futimesSync(copy, atime, mtime);
    at.directory.rename(made, `${name}${suffix}`);
    at.directory.remove(name);
  });
}

/** Removes an unfinished copy. Throws the error of the system call. */
export function abandonCopy(path: string): void {
  inLogDirectory(path, (at) => at.directory.removeIfThere(unfinishedCopy(at)));
}

/** A file with far more bytes than blocks is sparse and no log: compressing it would take without end. */
const maxApparentBytesPerByte = 1000;
const blockBytes = 512;
const mebibyte = 1024 * 1024;

function unfinishedCopy({ base }: LogDirectory): string {
  return `${base}.compressing`;
}

function openOriginal(at: LogDirectory, name: string, writer: number | null): number | null {
  let original: number;
  try {
    original = openIn(at, name, { flags: O_RDONLY | O_NONBLOCK | O_NOCTTY, writer });
  } catch (error) {
    if (error instanceof UntrustedPath) return null;
    throw error;
  }
  const status = fstatSync(original);
  if (status.isFile() && status.size > 0 && !isHollow(status)) return original;
  closeFile(original);
  return null;
}

function isHollow({ size, blocks }: Stats): boolean {
  return size > mebibyte && size > blocks * blockBytes * maxApparentBytesPerByte;
}

function isSame({ directory }: LogDirectory, name: string, { ino, dev }: Stats): boolean {
  const status = directory.statusOf(name);
  return status !== null && status.ino === ino && status.dev === dev;
}
