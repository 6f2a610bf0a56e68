// Reads ranges of an open log.
import type { FileHandle } from 'node:fs/promises';
import { type OpenLog, openLog } from './open-log.ts';

const pieceBytes = 256 * 1024;

/** The bytes from `start` to `end`, fewer at EOF. Rejects with the error of read(2). */
export async function readRange(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(0, end - start));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** Chooses the offset at which to start. */
export type ChooseStart = (log: OpenLog) => number | Promise<number>;

export function lastBytes(count: number): ChooseStart {
  return ({ status }) => Math.max(0, Number(status.size) - count);
}

/**
 * Yields the current content of the log at `path` in pieces, without what is appended meanwhile. Rejects like openLog.
 */
export async function* readToEnd(path: string, chooseStart: ChooseStart): AsyncGenerator<Uint8Array> {
  const log = await openLog(path);
  try {
    const size = Number(log.status.size);
    for (let at = await chooseStart(log); at < size; ) {
      const piece = await readRange(log.handle, at, Math.min(size, at + pieceBytes));
      if (piece.length === 0) return;
      at += piece.length;
      yield piece;
    }
  } finally {
    await log.handle.close();
  }
}
