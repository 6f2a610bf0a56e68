// The only place that opens a log for reading, so that one rule decides what may be read as a log. As root no file is
// read that a user who can change the path has linked there, unless that user owns it: it would disclose other files to
// clients, and opening a device can have side effects.
import { type BigIntStats, constants, type Stats } from 'node:fs';
import { type FileHandle, open, readlink, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { closeFile } from '../../linux/file.ts';
import { holdTrusted, isGuarding } from '../../linux/guarded-file.ts';
import { O_PATH } from '../../linux/open-flags.ts';

/** An open log, with its status when it was opened. */
export interface OpenLog {
  readonly handle: FileHandle;
  readonly status: BigIntStats;
}

/** It cannot be read like a file: a directory, a FIFO, a device. */
export class NotARegularFile extends Error {
  override readonly name = 'NotARegularFile';
}

/**
 * Opens the regular file at `path`, or /dev/null, which people configure for no log and which reads as an empty one. Does
 * not block on a FIFO. Rejects with NotARegularFile, UntrustedPath or the error of open(2) or fstat(2).
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

/** Calls `use` with the log at `path` and closes it afterwards. Rejects like openLog. */
export async function withLog<T>(path: string, use: (log: OpenLog) => T | Promise<T>): Promise<T> {
  const log = await openLog(path);
  try {
    return await use(log);
  } finally {
    await log.handle.close();
  }
}

/** The status of `path` if it is a regular file that may be read as a log, else null. */
export async function statusOfLog(path: string): Promise<BigIntStats | null> {
  const status = await withLog(path, (log) => log.status).catch(() => null);
  return status?.isFile() ? status : null;
}

/** The status of any file at `path`; null when there is none, or clients must not learn of it. */
export async function statusAt(path: string): Promise<Stats | null> {
  const status = isGuarding() ? holding(resolve(path), (descriptor) => stat(descriptor)) : stat(path);
  return status.catch(() => null);
}

const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Calls `use` with the /proc name of an O_PATH descriptor of the file at `path`, which has no side effects and pins the
 * file that was checked.
 */
async function holding<T>(path: string, use: (descriptor: string) => Promise<T>): Promise<T> {
  const held = await open(path, O_PATH);
  try {
    if (await isAt(path, held)) return await use(nameOf(held.fd));
    // There are symbolic links on the path. Their lookup is cached by now, so a blocking call does not stall.
    const trusted = holdTrusted(path);
    return await use(nameOf(trusted)).finally(() => closeFile(trusted));
  } finally {
    await held.close();
  }
}

/** Whether the file has this path and no other: then no link led to it. */
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
