// A log file as it grows: over rotation, removal and truncation. It looks when it is told to, never by itself.
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Bell } from './bell.ts';

/** Calls back when something may have happened to the file at `path`. Returns how to end that. */
export type WatchLog = (path: string, callback: () => void) => () => void;

export interface FollowOptions {
  /** How much of what is there already comes first. */
  readonly lastBytes: number;
  readonly signal: AbortSignal;
}

const PIECE_BYTES = 64 * 1024;
const TRUNCATED = Buffer.from('==> File truncated <==\n');

/**
 * The last bytes, then what is added, until `signal` is aborted. A file that was moved away is read to its end;
 * the new one under its name follows from its first byte. Rejects with the error of open(2) at the beginning.
 */
export async function* followLog(
  path: string,
  watch: WatchLog,
  { lastBytes, signal }: FollowOptions,
): AsyncGenerator<Uint8Array> {
  let file = await openLog(path);
  const bell = new Bell(signal);
  const unwatch = watch(path, () => bell.ring());
  try {
    let position = Math.max(0, (await file.stat()).size - lastBytes);
    while (!signal.aborted) {
      const { size } = await file.stat();
      if (size < position) {
        yield TRUNCATED;
        position = 0;
      }
      const bytes = await pieceOf(file, position);
      if (bytes.length > 0) {
        position += bytes.length;
        yield bytes;
        continue;
      }
      const successor = await otherFileAt(path, file);
      if (successor === null) {
        await bell.rung();
        continue;
      }
      // What was added between the last look and the move is still to come.
      for (let rest = await pieceOf(file, position); rest.length > 0; rest = await pieceOf(file, position)) {
        position += rest.length;
        yield rest;
      }
      await file.close();
      file = successor;
      position = 0;
    }
  } finally {
    unwatch();
    await file.close();
  }
}

/** Without waiting for the writer of a FIFO. */
function openLog(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

async function pieceOf(file: FileHandle, position: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, position);
  return buffer.subarray(0, bytesRead);
}

/** Opened, when the name means another file by now; null while it means this one or none. */
async function otherFileAt(path: string, file: FileHandle): Promise<FileHandle | null> {
  try {
    const [named, own] = await Promise.all([stat(path), file.stat()]);
    return named.ino === own.ino && named.dev === own.dev ? null : await openLog(path);
  } catch {
    return null;
  }
}
