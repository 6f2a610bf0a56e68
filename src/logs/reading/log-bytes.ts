// A piece of a log file, as text for clients. Only regular files are read, a FIFO would wait for its writer; /dev/null,
// which people write where no log is wanted, is an empty one.
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { inTurn } from '../../event-loop/mutex.ts';
import type { Window } from './log-window.ts';

/** What one answer may hold; who wants more asks again, from where this ended. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Of these only one is in the making. */
const BIG_BYTES = 1024 * 1024;

export interface LogPiece<W extends Window> {
  readonly window: W;
  /** Of the whole file, in bytes. */
  readonly size: number;
  /** Bytes that are no UTF-8 became U+FFFD. */
  readonly text: string;
}

/** Opened, but not to be read like a file: a directory, a pipe, a device. */
class NotARegularFile extends Error {
  override readonly name = 'NotARegularFile';
}

/**
 * The part of the file at `path` that `choose` picks, given its size; null when it picks none.
 * Rejects with NotARegularFile or the error of open(2) and read(2).
 */
export async function readPiece<W extends Window>(
  path: string,
  choose: (size: number) => W | null,
): Promise<LogPiece<W> | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = await file.stat();
    if (!status.isFile() && !isNullDevice(status)) throw new NotARegularFile(path);
    const window = choose(status.size);
    if (window === null) return null;
    const read = async () => ({ window, size: status.size, text: utf8.decode(await bytesOf(file, window)) });
    return await (window.end - window.start > BIG_BYTES ? inTurn(read) : read());
  } finally {
    await file.close();
  }
}

/** null(4): 1, 3. */
function isNullDevice(status: Stats): boolean {
  return status.isCharacterDevice() && status.rdev === 0x103;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

async function bytesOf(file: FileHandle, { start, end }: Window): Promise<Uint8Array> {
  const bytes = Buffer.alloc(Math.min(MAX_BYTES, end - start));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
