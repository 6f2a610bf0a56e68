// Reads a part of a log file as text for clients.
import { Mutex } from '../../event-loop/mutex.ts';
import type { Window } from './log-window.ts';
import { withLog } from './open-log.ts';
import { readRange } from './read-range.ts';

/** Bound on one response; clients continue from its end. */
const maxTextBytes = 16 * 1024 * 1024;

/** One at a time, because a response of this size takes much memory. */
const bigBytes = 1024 * 1024;
const bigReads = new Mutex();

export interface TextOf<W extends Window> {
  readonly window: W;
  /** Size of the whole file, in bytes. */
  readonly size: number;
  /** Invalid UTF-8 is replaced by U+FFFD. */
  readonly text: string;
}

/**
 * The range of the file at `path` that `choose` returns for its size; null when it returns none.
 * Rejects like openLog, or with the error of read(2).
 */
export function readText<W extends Window>(
  path: string,
  choose: (size: number) => W | null,
): Promise<TextOf<W> | null> {
  return withLog(path, ({ handle, status }) => {
    const size = Number(status.size);
    const window = choose(size);
    if (window === null) return null;
    const { start } = window;
    const end = Math.min(window.end, start + maxTextBytes);
    const read = async () => ({ window, size, text: utf8.decode(await readRange(handle, start, end)) });
    return end - start > bigBytes ? bigReads.exclusively(read) : read();
  });
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
