// Pieces of a log for scrolling: whole lines, as text.
import { startOfWholeLine } from './line-start.ts';
import { type IdentifiedFile, inFile } from './log-files.ts';
import { readRange } from './read-range.ts';
import { unfinishedBytes } from './utf8-chunks.ts';

const pieceBytes = 64 * 1024;
const newlineByte = 10;

/** A position in a log. */
export interface LogPosition {
  readonly file: string;
  readonly offset: number;
}

/** A part of the file with the identity `file`; invalid UTF-8 is replaced by U+FFFD. */
export interface LogPiece {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text before a position, from the previous file when it is at the start of one; null when there is none. `files`:
 * the current one first.
 */
export async function pieceBefore(
  files: readonly IdentifiedFile[],
  { file, offset }: LogPosition,
): Promise<LogPiece | null> {
  const index = files.findIndex(({ identity }) => identity === file);
  if (index < 0) return null;
  const [target, end] = offset > 0 ? [files[index], offset] : [files[index + 1], Number.MAX_SAFE_INTEGER];
  if (!target) return null;
  return inFile(target, async (handle, size) => {
    const last = Math.min(end, size);
    const start = await startOfWholeLine(handle, last - pieceBytes, last);
    const bytes = await readRange(handle, start, last);
    return pieceOf(target, start, bytes.subarray(0, bytes.length - unfinishedBytes(bytes)));
  });
}

/** The text after a position in the same file; null when the file is gone. */
export async function pieceAfter(
  files: readonly IdentifiedFile[],
  { file, offset }: LogPosition,
): Promise<LogPiece | null> {
  const target = files.find(({ identity }) => identity === file);
  if (!target) return null;
  return inFile(target, async (handle) => {
    const bytes = await readRange(handle, offset, offset + pieceBytes);
    const lastNewline = bytes.lastIndexOf(newlineByte);
    return pieceOf(target, offset, bytes.subarray(0, lastNewline < 0 ? bytes.length : lastNewline + 1));
  });
}

function pieceOf({ identity }: IdentifiedFile, start: number, bytes: Uint8Array): LogPiece {
  return { file: identity, start, end: start + bytes.length, text: utf8.decode(bytes) };
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
