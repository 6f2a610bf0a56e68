// Scrolling and searching in a log that is rotated just then: real files.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileIdentity, type IdentifiedFile, withLogFiles } from '../../../../src/logs/reading/log-files.ts';
import { pieceAfter, pieceBefore } from '../../../../src/logs/reading/log-piece.ts';
import { findBefore } from '../../../../src/logs/reading/log-search.ts';

let directory: string;
let path: string;
let current: string;
let rotations: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-piece-'));
  path = join(directory, 'log');
  writeFileSync(path, 'one\ntwo\n');
  writeFileSync(`${path}.1`, 'older\n');
  current = fileIdentity(statSync(path));
  rotations = 0;
});
afterEach(() => rmSync(directory, { recursive: true }));

/** `use` with the files of the log, which is rotated `times` times, each time right after the lookup. */
function whileRotating<T>(times: number, use: (files: readonly IdentifiedFile[]) => Promise<T>): Promise<T> {
  const filesAt = async (paths: readonly string[]) => {
    const found = paths.map((file) => statSync(file, { throwIfNoEntry: false }));
    if (rotations < times) rotate();
    return found.map((status) => (status ? { device: status.dev, inode: status.ino } : null));
  };
  return withLogFiles({ path, backups: 9 }, filesAt, use);
}

function rotate(): void {
  for (let number = 8; number >= 1; number -= 1) {
    if (statSync(`${path}.${number}`, { throwIfNoEntry: false })) {
      renameSync(`${path}.${number}`, `${path}.${number + 1}`);
    }
  }
  renameSync(path, `${path}.1`);
  rotations += 1;
  writeFileSync(path, `something else, longer than before ${rotations}\n`);
}

describe.each([0, 1, 2])('with %d rotations meanwhile', (times) => {
  test('the piece before a position is of the file that was meant', async () => {
    const piece = await whileRotating(times, (files) => pieceBefore(files, { file: current, offset: 8 }));
    expect(piece).toEqual({ file: current, start: 0, end: 8, text: 'one\ntwo\n' });
  });

  test('before its beginning comes the end of the older file', async () => {
    const piece = await whileRotating(times, (files) => pieceBefore(files, { file: current, offset: 0 }));
    expect(piece?.text).toBe('older\n');
  });

  test('the piece after a position is of the file that was meant', async () => {
    const piece = await whileRotating(times, (files) => pieceAfter(files, { file: current, offset: 4 }));
    expect(piece).toEqual({ file: current, start: 4, end: 8, text: 'two\n' });
  });

  test('a search continues in the file it names', async () => {
    const search = (text: string) =>
      whileRotating(times, (files) => findBefore(files, { file: current, offset: 8 }, text));
    expect(await search('ONE')).toEqual({ found: true, at: { file: current, offset: 0 } });
    expect((await search('else'))?.found).toBe(false);
  });
});

test('a file that is gone is reported as such', async () => {
  const gone = { file: '1.1', offset: 8 };
  expect(await whileRotating(0, (files) => pieceBefore(files, gone))).toBeNull();
  expect(await whileRotating(0, (files) => pieceAfter(files, gone))).toBeNull();
});
