// What a page that follows a log gets while it rotates, is emptied and grows: real files.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logFeed } from '../../../../src/http/ui/log-feed.ts';

let watched: WatchedLog;

beforeEach(() => {
  watched = new WatchedLog();
});
afterEach(() => watched.close());

/** A log and a page that follows it. */
class WatchedLog {
  readonly #directory = mkdtempSync(join(tmpdir(), 'tsv-feed-'));
  readonly #leaving = new AbortController();
  readonly path = join(this.#directory, 'log');
  readonly #feed: ReturnType<typeof logFeed>;
  #notify = () => {};

  constructor() {
    writeFileSync(this.path, 'first\n');
    const watch = (_: string, callback: () => void) => {
      this.#notify = callback;
      return () => {};
    };
    this.#feed = logFeed(this.path, null, watch, this.#leaving.signal, turnOfLoop);
  }

  write(text: string | Uint8Array): void {
    appendFileSync(this.path, text);
  }

  notify(): void {
    this.#notify();
  }

  /** As the data plane does it. */
  rotate(backups = 5): void {
    for (let number = backups - 1; number >= 1; number -= 1) {
      if (existsSync(`${this.path}.${number}`)) {
        renameSync(`${this.path}.${number}`, `${this.path}.${number + 1}`);
      }
    }
    renameSync(this.path, `${this.path}.1`);
    writeFileSync(this.path, '');
  }

  /** What is shown until `last` is: text, and in brackets what is said of the log. */
  async shows(last: string): Promise<string> {
    let shown = '';
    while (!shown.endsWith(last)) {
      this.#notify();
      const { value } = await this.#feed.next();
      if (value === undefined) break;
      if (value[0] === 'fresh') shown += `[${value[1].why}]`;
      else shown += (value[1].skipped > 0 ? `[skipped ${value[1].skipped}]` : '') + value[1].text;
    }
    return shown;
  }

  async close(): Promise<void> {
    this.#leaving.abort();
    await this.#feed.return(undefined);
    rmSync(this.#directory, { recursive: true });
  }
}

describe('a page that follows a log', () => {
  beforeEach(async () => {
    expect(await watched.shows('first\n')).toBe('first\n');
  });

  test('gets what was written before a rotation, whenever that comes', async () => {
    // The reader has seen everything and looks again; the rotation comes after more and more of its steps.
    const outcomes = Array.from({ length: 40 }, async (_, steps) => {
      const log = new WatchedLog();
      await log.shows('first\n');
      const shown = log.shows('second\n');
      for (let step = 0; step < steps; step += 1) await turnOfLoop();
      log.write('last words\n');
      log.rotate();
      log.write('second\n');
      log.notify();
      const text = await shown;
      await log.close();
      return text;
    });
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['last words\n[rotated]second\n']));
  });

  test('gets the bytes of a character that a rotation has cut', async () => {
    watched.write(Buffer.concat([Buffer.from('caf'), Buffer.of(0xc3)]));
    watched.rotate();
    watched.write('second\n');
    expect(await watched.shows('second\n')).toBe('caf\ufffd[rotated]second\n');
  });

  test('is told of a log that was emptied and has grown again, and gets all of it', async () => {
    truncateSync(watched.path);
    watched.write('grown longer than it was\n');
    expect(await watched.shows('it was\n')).toBe('[truncated]grown longer than it was\n');
  });

  test('gets all files of several rotations', async () => {
    for (const text of ['two\n', 'three\n', 'four\n']) {
      watched.rotate();
      watched.write(text);
    }
    expect(await watched.shows('four\n')).toBe('[rotated]two\n[rotated]three\n[rotated]four\n');
  });

  test('is told when files are gone that it has not seen', async () => {
    for (const text of ['two\n', 'three\n', 'four\n', 'five\n']) {
      watched.rotate(2);
      watched.write(text);
    }
    expect(await watched.shows('five\n')).toBe('[lost]three\n[rotated]four\n[rotated]five\n');
  });

  test('gets the end of what came faster than it could be read, and how much was left out', async () => {
    const line = `${'x'.repeat(99)}\n`;
    watched.write(line.repeat(2000));
    watched.write('newest\n');
    expect(await watched.shows('newest\n')).toBe(`[skipped 134500]${line.repeat(655)}newest\n`);
  });

  test('gets no part of a character', async () => {
    const [first, second] = Buffer.from('é');
    watched.write(Buffer.concat([Buffer.from('caf'), Buffer.of(first ?? 0)]));
    expect(await watched.shows('caf')).toBe('caf');
    watched.write(Buffer.concat([Buffer.of(second ?? 0), Buffer.from('\n')]));
    expect(await watched.shows('\n')).toBe('é\n');
  });
});

/** Instead of the pauses between two pieces. */
function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
