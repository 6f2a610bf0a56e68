// The files of one log: the current one and those it was rotated to, told apart by what they are, not by their names,
// which change with every rotation.
import { constants, type Stats, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** How the page names a file to us. */
export function fileIdentity({ dev, ino }: Pick<Stats, 'dev' | 'ino'>): string {
  return `${dev.toString(36)}.${ino.toString(36)}`;
}

/** Without waiting for the writer of a FIFO. Rejects with the error of open(2). */
export function openToRead(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Paths of the files with their identities, the current one first. Compressed ones are no text and left out. */
export function logFiles(path: string, backups: number): readonly { path: string; identity: string }[] {
  const numbers = Array.from({ length: Math.min(backups, MOST_BACKUPS) }, (_, index) => index + 1);
  return [path, ...numbers.map((number) => `${path}.${number}`)].flatMap((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found?.isFile() ? [{ path: file, identity: fileIdentity(found) }] : [];
  });
}

const MOST_BACKUPS = 1000;
