// What is opened as a log, and what is not: real files of every kind.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog, statusOfLog, withLog } from '../../../../src/logs/reading/open-log.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-open-'));
  path = join(directory, 'log');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a regular file is a log, whose size is known when it is open', async () => {
  writeFileSync(path, 'first\n');
  expect(await withLog(path, ({ status }) => Number(status.size))).toBe(6);
  expect((await statusOfLog(path))?.isFile()).toBe(true);
});

test('/dev/null is an empty log, and no file that grows', async () => {
  expect(await withLog('/dev/null', ({ status }) => Number(status.size))).toBe(0);
  expect(await statusOfLog('/dev/null')).toBeNull();
});

test('a FIFO without a writer is refused at once', async () => {
  Bun.spawnSync(['mkfifo', path]);
  await expect(openLog(path)).rejects.toMatchObject({ name: 'NotARegularFile', message: path });
  expect(await statusOfLog(path)).toBeNull();
});

test.each(['/dev/zero', '/dev/urandom', '/'])('%s is refused', async (other) => {
  await expect(openLog(other)).rejects.toMatchObject({ name: 'NotARegularFile' });
});

test('a directory or a name without a file is no log', async () => {
  mkdirSync(path);
  expect(await statusOfLog(path)).toBeNull();
  await expect(openLog(join(path, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
});
