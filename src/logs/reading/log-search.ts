// Searches a log for a text, backwards from a position to the oldest file.
import type { FileHandle } from 'node:fs/promises';
import { type IdentifiedFile, inFile } from './log-files.ts';
import type { LogPosition } from './log-piece.ts';
import { readRange } from './read-range.ts';

/** Bound on the bytes read per search; after that it returns where to continue. */
const searchedBytes = 256 * 1024 * 1024;
const sliceBytes = 1024 * 1024;

/** The last match of `text` before a position, ignoring case; without one, the position to continue from. */
export async function findBefore(
  files: readonly IdentifiedFile[],
  { file, offset }: LogPosition,
  text: string,
): Promise<{ readonly found: boolean; readonly at: LogPosition } | null> {
  const startIndex = files.findIndex(({ identity }) => identity === file);
  if (startIndex < 0 || text === '') return null;
  let left = searchedBytes;
  let at: LogPosition = { file, offset };
  for (const [index, target] of files.slice(startIndex).entries()) {
    const end = index === 0 ? offset : Number.MAX_SAFE_INTEGER;
    const result = await inFile(target, (handle, size) =>
      searchBackwards(handle, Math.min(end, size), text, left),
    );
    if (result === null) return null;
    at = { file: target.identity, offset: result.offset };
    left -= result.searched;
    if (result.found || left <= 0) return { found: result.found, at };
  }
  return { found: false, at };
}

async function searchBackwards(
  handle: FileHandle,
  end: number,
  text: string,
  maxBytes: number,
): Promise<{ readonly found: boolean; readonly offset: number; readonly searched: number }> {
  const needle = folded(Buffer.from(text));
  let last = end;
  let searched = 0;
  while (last > 0 && searched < maxBytes) {
    const start = Math.max(0, last - sliceBytes);
    const bytes = await readRange(handle, start, last);
    const at = folded(bytes).lastIndexOf(needle);
    searched += bytes.length;
    if (at >= 0) return { found: true, offset: start + at, searched };
    // A match may span two pieces.
    last = start === 0 ? 0 : start + Math.min(needle.length - 1, last - start - 1);
  }
  return { found: false, offset: last, searched };
}

/** Latin-1, one character per byte, so that offsets stay the same; both sides are folded alike. */
function folded(bytes: Buffer): string {
  return bytes.toString('latin1').toLowerCase();
}
