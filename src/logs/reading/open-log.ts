// The one place where a log is opened for reading. Every reader and follower takes its descriptor from here, so that
// what may be read as a log is decided once. As root no file is read that a user who can change the path has linked there,
// unless it is that user's own: clients would be told what is not theirs, and to open a device can have effects.
import { type BigIntStats, constants, type Stats } from 'node:fs';
import { type FileHandle, open, readlink, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { closeFile } from '../../linux/file.ts';
import { holdTrusted, isGuarding } from '../../linux/guarded-file.ts';
import { O_PATH } from '../../linux/open-flags.ts';

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
 * wait for the writer of a FIFO. Rejects with NotARegularFile, UntrustedPath or the error of open(2) and fstat(2).
 */
export async function openLog(path: string): Promise<OpenLog> {
  const handle = isGuarding()
    ? await holding(resolve(path), (descriptor) => open(descriptor, flags))
    : await open(path, flags);
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

/** What is at `path`, whatever it is; null when there is nothing, or nothing that may be told. */
export async function statusAt(path: string): Promise<Stats | null> {
  const status = isGuarding() ? holding(resolve(path), (descriptor) => stat(descriptor)) : stat(path);
  return status.catch(() => null);
}

const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Calls `use` with the name of a descriptor that holds the file at `path` without having opened it: nothing has happened to
 * it then, and it stays the one that was judged.
 */
async function holding<T>(path: string, use: (descriptor: string) => Promise<T>): Promise<T> {
  const held = await open(path, O_PATH);
  try {
    if (await isAt(path, held)) return await use(nameOf(held.fd));
    // There are links on the way. What the disk tells of them is in memory by now.
    const trusted = holdTrusted(path);
    return await use(nameOf(trusted)).finally(() => closeFile(trusted));
  } finally {
    await held.close();
  }
}

/** Whether a file has this path and no other: then no link has led to it. */
async function isAt(path: string, held: FileHandle): Promise<boolean> {
  const { nlink } = await held.stat();
  return nlink === 1 && (await readlink(nameOf(held.fd))) === path;
}

function nameOf(fd: number): string {
  return `/proc/self/fd/${fd}`;
}

/** null(4): 1, 3. */
function isNullDevice(status: BigIntStats): boolean {
  return status.isCharacterDevice() && status.rdev === 0x103n;
}
