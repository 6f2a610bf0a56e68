// Looks for a text in a log, from a position back to its oldest file.
import type { FileHandle } from 'node:fs/promises';
import type { IdentifiedFile } from './log-files.ts';
import { inFile, type LogPosition } from './log-piece.ts';
import { readRange } from './read-range.ts';

/** One search may read this much before it answers that it found nothing so far. */
const searchedBytes = 256 * 1024 * 1024;
const sliceBytes = 1024 * 1024;

/** Where `text` last stands before a position, upper and lower case alike; the position up to which it does not, else. */
export async function findBefore(
  files: readonly IdentifiedFile[],
  { file, offset }: LogPosition,
  text: string,
): Promise<{ readonly found: boolean; readonly at: LogPosition } | null> {
  const index = files.findIndex(({ identity }) => identity === file);
  if (index < 0 || text === '') return null;
  let left = searchedBytes;
  let at: LogPosition = { file, offset };
  for (const [place, target] of files.slice(index).entries()) {
    const end = place === 0 ? offset : Number.MAX_SAFE_INTEGER;
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
