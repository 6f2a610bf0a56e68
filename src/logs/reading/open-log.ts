// The one place where a log is opened for reading. Every reader and follower takes its descriptor from here, so that
// what may be read as a log is decided once.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** An open log, and what it was when it was opened. */
export interface OpenLog {
  readonly handle: FileHandle;
  readonly status: BigIntStats;
}

/** Opened, but not to be read like a file: a directory, a pipe, a device. */
export class NotARegularFile extends Error {
  override readonly name = 'NotARegularFile';
}

/**
 * Opens the regular file at `path`, or /dev/null, which people write where no log is wanted: an empty one. Does not
 * wait for the writer of a FIFO. Rejects with NotARegularFile or the error of open(2) and fstat(2).
 */
export async function openLog(path: string): Promise<OpenLog> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const status = await handle.stat({ bigint: true });
    if (!status.isFile() && !isNullDevice(status)) throw new NotARegularFile(path);
    return { handle, status };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** What `use` makes of the log at `path`, which is closed then. Rejects as openLog does. */
export async function withLog<T>(path: string, use: (log: OpenLog) => T | Promise<T>): Promise<T> {
  const log = await openLog(path);
  try {
    return await use(log);
  } finally {
    await log.handle.close();
  }
}

/** What is at `path` if that is a regular file that can be read as a log, else null. */
export async function statusOfLog(path: string): Promise<BigIntStats | null> {
  const status = await withLog(path, (log) => log.status).catch(() => null);
  return status?.isFile() ? status : null;
}

/** null(4): 1, 3. */
function isNullDevice(status: BigIntStats): boolean {
  return status.isCharacterDevice() && status.rdev === 0x103n;
}
