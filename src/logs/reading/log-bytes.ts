// A piece of a log file, as text for clients.
import type { FileHandle } from 'node:fs/promises';
import { inTurn } from '../../event-loop/mutex.ts';
import type { Window } from './log-window.ts';
import { withLog } from './open-log.ts';

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

/**
 * The part of the file at `path` that `choose` picks, given its size; null when it picks none.
 * Rejects as openLog does, or with the error of read(2).
 */
export function readPiece<W extends Window>(
  path: string,
  choose: (size: number) => W | null,
): Promise<LogPiece<W> | null> {
  return withLog(path, ({ handle, status }) => {
    const size = Number(status.size);
    const window = choose(size);
    if (window === null) return null;
    const read = async () => ({ window, size, text: utf8.decode(await bytesOf(handle, window)) });
    return window.end - window.start > BIG_BYTES ? inTurn(read) : read();
  });
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
