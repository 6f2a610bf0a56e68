// The files of one log: the current one and its backups, identified by inode, because rotation changes their names.
import type { BigIntStats, Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { isSystemError } from '../../linux/system-error.ts';
import { openLog } from './open-log.ts';

/** The paths of a log's files. */
export interface LogPaths {
  readonly path: string;
  readonly backups: number;
}

/** The identity by which clients name a file of a log. */
export function fileIdentity({ dev, ino }: Pick<Stats | BigIntStats, 'dev' | 'ino'>): string {
  return `${Number(dev).toString(36)}.${Number(ino).toString(36)}`;
}

export interface IdentifiedFile {
  readonly path: string;
  readonly identity: string;
}

/** Returns the files at `paths`, in order; null for a missing one. */
export type FilesAt = (
  paths: readonly string[],
) => Promise<readonly ({ readonly device: number; readonly inode: number } | null)[]>;

/** A file is no longer at its path: the log was rotated after the lookup. */
export class LogRotated extends Error {
  override readonly name = 'LogRotated';
}

/** Calls `use` with the files of a log, the current one first, and again when it rejects with LogRotated. */
export async function withLogFiles<T>(
  paths: LogPaths,
  filesAt: FilesAt,
  use: (files: readonly IdentifiedFile[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await use(await logFiles(paths, filesAt));
    } catch (error) {
      if (!(error instanceof LogRotated) || attempt === maxAttempts) throw error;
    }
  }
}

/**
 * Calls `use` with a file of a log; null when it cannot be opened. Rejects with LogRotated when another file is at its
 * path.
 */
export async function inFile<T>(
  { path, identity }: IdentifiedFile,
  use: (handle: FileHandle, size: number) => Promise<T>,
): Promise<T | null> {
  const log = await openLog(path).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) throw new LogRotated(path);
    return null;
  });
  if (log === null) return null;
  try {
    if (fileIdentity(log.status) !== identity) throw new LogRotated(path);
    return await use(log.handle, Number(log.status.size));
  } finally {
    await log.handle.close();
  }
}

const maxAttempts = 5;
const maxBackups = 1000;

/** The files with their identities, without compressed ones, which are no text. */
async function logFiles({ path, backups }: LogPaths, filesAt: FilesAt): Promise<IdentifiedFile[]> {
  const numbers = Array.from({ length: Math.min(backups, maxBackups) }, (_, index) => index + 1);
  const paths = [path, ...numbers.map((number) => `${path}.${number}`)];
  const found = await filesAt(paths);
  return paths.flatMap((file, index) => {
    const facts = found[index];
    return facts ? [{ path: file, identity: fileIdentity({ dev: facts.device, ino: facts.inode }) }] : [];
  });
}
