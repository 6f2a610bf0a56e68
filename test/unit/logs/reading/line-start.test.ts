// Where lines of a log begin, in real files with lines longer and shorter than what is read at once.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOfLastLines, startOfWholeLine } from '../../../../src/logs/reading/line-start.ts';
import { withLog } from '../../../../src/logs/reading/open-log.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-lines-'));
  path = join(directory, 'log');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The text from the start of the last `count` lines. */
async function lastLines(text: string, count: number): Promise<string> {
  writeFileSync(path, text);
  const size = Buffer.byteLength(text);
  const start = await withLog(path, ({ handle }) => startOfLastLines(handle, size, count));
  return Buffer.from(text).subarray(start).toString();
}

describe('the last lines of a log', () => {
  test.each([
    ['', 3, ''],
    ['one\n', 0, ''],
    ['one\ntwo\n', 1, 'two\n'],
    ['one\ntwo', 1, 'two'],
    ['one\ntwo\n', 2, 'one\ntwo\n'],
    ['one\ntwo\n', 3, 'one\ntwo\n'],
    ['one\n\n\n', 2, '\n\n'],
    ['\n', 1, '\n'],
  ])('%j, %d of them', async (text, count, expected) => {
    expect(await lastLines(text, count)).toBe(expected);
  });

  test('are found in pieces of any length', async () => {
    const lines = Array.from({ length: 300 }, (_, at) => `${at} ${'é'.repeat(at * 7)}\n`);
    for (const count of [1, 2, 31, 32, 33, 150, 299, 300, 301]) {
      expect(await lastLines(lines.join(''), count)).toBe(lines.slice(-count).join(''));
    }
    const long = `${'x'.repeat(200_000)}\n`;
    expect(await lastLines(`first\n${long}`, 1)).toBe(long);
    const border = `${'x'.repeat(65_535)}\n`;
    expect(await lastLines(border + border, 1)).toBe(border);
  });
});

describe('the first whole line', () => {
  const startIn = (text: string, start: number): Promise<number> => {
    writeFileSync(path, text);
    return withLog(path, ({ handle }) => startOfWholeLine(handle, start, Buffer.byteLength(text)));
  };

  test('starts after a newline, or with the file', async () => {
    expect(await startIn('one\ntwo\nthree\n', 0)).toBe(0);
    expect(await startIn('one\ntwo\nthree\n', -5)).toBe(0);
    expect(await startIn('one\ntwo\nthree\n', 5)).toBe(8);
  });

  test('is a part of one that is too long, from a character on', async () => {
    expect(await startIn('one\ntwo\nthree\n', 10)).toBe(10);
    expect(await startIn('ééé', 1)).toBe(2);
  });
});
