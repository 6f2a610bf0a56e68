// Pieces of a log for somebody who scrolls or searches: whole lines, as text.
import type { FileHandle } from 'node:fs/promises';
import { openLog } from '../../logs/reading/open-log.ts';
import { unfinishedBytes } from '../../logs/reading/utf8-chunks.ts';
import type { LogPiece } from './api-types.ts';
import { fileIdentity, type IdentifiedFile } from './log-files.ts';

const PIECE_BYTES = 64 * 1024;
/** One search may read this much before it answers that it found nothing so far. */
const SEARCHED_BYTES = 256 * 1024 * 1024;
const SLICE_BYTES = 1024 * 1024;
const NEWLINE = 10;

/** The current file first. */
type LogFiles = readonly IdentifiedFile[];

/** A position in a log. */
export interface LogPosition {
  readonly file: string;
  readonly offset: number;
}

/** What stands before a position, in the file before when it is a file's beginning; null when there is nothing. */
export async function pieceBefore(files: LogFiles, { file, offset }: LogPosition): Promise<LogPiece | null> {
  const index = files.findIndex(({ identity }) => identity === file);
  if (index < 0) return null;
  const [target, end] = offset > 0 ? [files[index], offset] : [files[index + 1], Number.MAX_SAFE_INTEGER];
  return target ? readingFrom(target.path, (handle) => wholeLinesBefore(handle, end)) : null;
}

/** What stands behind a position in the same file; null when the file is gone. */
export async function pieceAfter(files: LogFiles, { file, offset }: LogPosition): Promise<LogPiece | null> {
  const target = files.find(({ identity }) => identity === file);
  if (!target) return null;
  return readingFrom(target.path, async (handle) => {
    const { bytes, piece } = await read(handle, offset, offset + PIECE_BYTES);
    const lastNewline = bytes.lastIndexOf(NEWLINE);
    return cut(piece, bytes, 0, lastNewline < 0 ? bytes.length : lastNewline + 1);
  });
}

/** Where `text` last stands before a position, upper and lower case alike; the position up to which it does not, else. */
export async function findBefore(
  files: LogFiles,
  { file, offset }: LogPosition,
  text: string,
): Promise<{ readonly found: boolean; readonly at: LogPosition } | null> {
  const index = files.findIndex(({ identity }) => identity === file);
  if (index < 0 || text === '') return null;
  let left = SEARCHED_BYTES;
  let at: LogPosition = { file, offset };
  for (const [place, { path, identity }] of files.slice(index).entries()) {
    const end = place === 0 ? offset : Number.MAX_SAFE_INTEGER;
    const result = await readingFrom(path, (handle) => searchBackwards(handle, end, text, left));
    if (result === null) return null;
    at = { file: identity, offset: result.offset };
    left -= result.searched;
    if (result.found || left <= 0) return { found: result.found, at };
  }
  return { found: false, at };
}

/** Null when there is no such file. */
async function readingFrom<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T | null> {
  const log = await openLog(path).catch(() => null);
  if (log === null) return null;
  try {
    return await use(log.handle);
  } finally {
    await log.handle.close();
  }
}

/** The end of what stands before `end`; a line that is longer than a piece is cut. */
export async function wholeLinesBefore(handle: FileHandle, end: number): Promise<LogPiece> {
  const { size } = await handle.stat();
  const last = Math.min(end, size);
  const { bytes, piece } = await read(handle, Math.max(0, last - PIECE_BYTES), last);
  const firstNewline = piece.start === 0 ? -1 : bytes.indexOf(NEWLINE);
  // Cut at a newline only if something is left then.
  const start = firstNewline === bytes.length - 1 ? 0 : firstNewline + 1;
  return cut(piece, bytes, start, bytes.length - unfinishedBytes(bytes));
}

type Bounds = Omit<LogPiece, 'text'>;

async function read(
  handle: FileHandle,
  start: number,
  end: number,
): Promise<{ readonly bytes: Buffer; readonly piece: Bounds }> {
  const buffer = Buffer.allocUnsafe(Math.max(0, end - start));
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  const file = fileIdentity(await handle.stat());
  return { bytes: buffer.subarray(0, filled), piece: { file, start, end: start + filled } };
}

function cut({ file, start }: Bounds, bytes: Buffer, from: number, to: number): LogPiece {
  return { file, start: start + from, end: start + to, text: utf8.decode(bytes.subarray(from, to)) };
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

async function searchBackwards(
  handle: FileHandle,
  end: number,
  text: string,
  most: number,
): Promise<{ readonly found: boolean; readonly offset: number; readonly searched: number }> {
  const needle = folded(Buffer.from(text));
  const { size } = await handle.stat();
  let last = Math.min(end, size);
  let searched = 0;
  while (last > 0 && searched < most) {
    const start = Math.max(0, last - SLICE_BYTES);
    const { bytes } = await read(handle, start, last);
    const place = folded(bytes).lastIndexOf(needle);
    searched += bytes.length;
    if (place >= 0) return { found: true, offset: start + place, searched };
    // It may lie across the border.
    last = start === 0 ? 0 : start + Math.min(needle.length - 1, last - start - 1);
  }
  return { found: false, offset: last, searched };
}

/** One character a byte, so that places stay; letters beyond ASCII are folded alike on both sides. */
function folded(bytes: Buffer): string {
  return bytes.toString('latin1').toLowerCase();
}
