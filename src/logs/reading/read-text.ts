// A piece of a log file, as text for clients.
import { Mutex } from '../../event-loop/mutex.ts';
import type { Window } from './log-window.ts';
import { withLog } from './open-log.ts';
import { readRange } from './read-range.ts';

/** What one answer may hold; who wants more asks again, from where this ended. */
const maxTextBytes = 16 * 1024 * 1024;

/** Of these only one is in the making. */
const bigBytes = 1024 * 1024;
const bigReads = new Mutex();

export interface TextOf<W extends Window> {
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
