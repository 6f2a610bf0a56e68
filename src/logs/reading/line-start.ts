// Finds the start of lines in an open log.
import type { FileHandle } from 'node:fs/promises';
import { readRange } from './read-range.ts';
import { continuationBytes } from './utf8-chunks.ts';

const newlineByte = 10;
const sliceBytes = 64 * 1024;
const maxTextBytes = 64 * 1024 * 1024;

/**
 * The start of the last `count` lines before `size`; a last line without a newline counts. `maxBytes`: how far back to
 * read.
 */
export async function startOfLastLines(
  handle: FileHandle,
  size: number,
  count: number,
  maxBytes = maxTextBytes,
): Promise<number> {
  if (count === 0) return size;
  const furthest = Math.max(0, size - maxBytes);
  let left = count;
  for (let end = size; end > furthest; ) {
    const start = Math.max(furthest, end - sliceBytes);
    const bytes = await readRange(handle, start, end);
    // The final newline belongs to the last line.
    let at = end === size && bytes.at(-1) === newlineByte ? bytes.length - 1 : bytes.length;
    while (at > 0) {
      at = bytes.lastIndexOf(newlineByte, at - 1);
      if (at < 0) break;
      left -= 1;
      if (left === 0) return start + at + 1;
    }
    end = start;
  }
  return furthest;
}

/** The start of the first whole line between `start` and `end`; without one, the start of a character. */
export async function startOfWholeLine(handle: FileHandle, start: number, end: number): Promise<number> {
  if (start <= 0) return 0;
  const bytes = await readRange(handle, start, end);
  const newline = bytes.indexOf(newlineByte);
  const isOnlyTheEnd = newline < 0 || newline === bytes.length - 1;
  return start + (isOnlyTheEnd ? continuationBytes(bytes) : newline + 1);
}
