import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryOf, openAppend } from '../../../src/linux/file.ts';
import { blockedReaderMs } from '../../../src/logs/buffered-log.ts';
import { SpecialFile } from '../../../src/logs/special-file.ts';

let directory: string;
let path: string;
let told: string[];
let reader: number;
let target: SpecialFile;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-fifo-'));
  path = join(directory, 'fifo');
  told = [];
  execFileSync('mkfifo', [path]);
  target = new SpecialFile(path, null, openAppend(path), (message) => told.push(message));
  reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
});
afterEach(() => {
  target.close();
  closeSync(reader);
  rmSync(directory, { recursive: true });
});

function write(bytes: number): void {
  const memory = memoryOf(Buffer.alloc(bytes, 'x'));
  target.write(memory, 0, bytes);
}

function read(bytes: number): number {
  return readSync(reader, Buffer.alloc(bytes));
}

describe('a log whose reader does not read', () => {
  test('applies back-pressure, and has everything when the reader continues', () => {
    write(100_000);
    expect(target.waitsFor).not.toBeNull();
    expect(target.deadline).toBeGreaterThan(performance.now() + blockedReaderMs / 2);
    write(1000);
    expect(read(65_536)).toBe(65_536);
    target.writePending();
    expect([target.waitsFor, target.deadline]).toEqual([null, null]);
    expect(read(65_536)).toBe(101_000 - 65_536);
    expect(told).toEqual([]);
  });

  test('is given up after a while: further output is dropped and counted, without back-pressure', () => {
    write(100_000);
    target.giveUp();
    expect(target.waitsFor).toBeNull();
    write(500);
    expect(target.waitsFor).toBeNull();
    read(65_536);
    write(7);
    expect(read(65_536)).toBe(7);
    expect(told).toEqual([
      `cannot write to ${path}: EAGAIN; output is dropped until it can be written again`,
      `writing to ${path} again; ${100_000 - 65_536 + 500} bytes were dropped`,
    ]);
  });

  test('keeps no more than four megabytes for it', () => {
    write(5_000_000);
    expect(told).toHaveLength(1);
    read(65_536);
    target.writePending();
    target.close();
    target = new SpecialFile(path, null, openAppend(path), () => {});
    expect(told.at(-1)).toEndWith(`${5_000_000 - 65_536} bytes were dropped`);
  });
});

describe('a log with a slow reader, continued from a snapshot', () => {
  /** Through JSON, with the same descriptor. */
  function interrupt(): void {
    const written = JSON.stringify(target.snapshot());
    target = SpecialFile.restore(JSON.parse(written), (message) => told.push(message));
  }

  function lines(first: number, count: number): string {
    return Array.from({ length: count }, (_, index) => `line ${first + index}\n`).join('');
  }

  function writeText(text: string): void {
    const memory = memoryOf(Buffer.from(text));
    target.write(memory, 0, memory.bytes.length);
  }

  test('gives it every byte once and in order, and no more time than before', () => {
    const text = [lines(0, 10_000), lines(10_000, 10), lines(10_010, 10_000)];
    let got = '';
    for (const piece of text) {
      writeText(piece);
      const { deadline, waitsFor } = target;
      interrupt();
      expect(target.waitsFor).toBe(waitsFor);
      expect(target.deadline ?? 0).toBeCloseTo(deadline ?? 0, 3);
    }
    const buffer = Buffer.alloc(65_536);
    while (got.length < text.join('').length) {
      got += buffer.toString('latin1', 0, readSync(reader, buffer));
      target.writePending();
      interrupt();
    }
    expect(got).toBe(text.join(''));
    expect([target.waitsFor, told]).toEqual([null, []]);
  });

  test('keeps what is buffered and counts what is dropped, though more is dropped already', () => {
    write(4_000_000);
    interrupt();
    write(500_000);
    expect(told).toHaveLength(1);
    interrupt();
    let got = read(65_536);
    target.writePending();
    got += read(65_536);
    expect(got).toBe(2 * 65_536);
    target.close();
    target = new SpecialFile(path, null, openAppend(path), () => {});
    expect(told.at(-1)).toEndWith(`${4_500_000 - got} bytes were dropped`);
  });
});
