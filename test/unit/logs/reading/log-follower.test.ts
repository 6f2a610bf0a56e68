// Following a log that rotates while its reader does something else: real files, and a reader that asks when it likes.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { followLog } from '../../../../src/logs/reading/log-follower.ts';
import { withNotices } from '../../../../src/logs/reading/log-notices.ts';
import { lastBytes } from '../../../../src/logs/reading/read-range.ts';

const skipped = '==> Log rotated faster than it was read, output may be missing <==\n';
const truncated = '==> File truncated <==\n';

let directory: string;
let path: string;
let leaving: AbortController;
let ring: () => void;
let pieces: AsyncGenerator<Uint8Array>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-follow-'));
  path = join(directory, 'log');
  writeFileSync(path, 'first\n');
  leaving = new AbortController();
  const watch = (_: string, callback: () => void) => {
    ring = callback;
    return () => {};
  };
  pieces = withNotices(followLog(path, watch, { chooseStart: lastBytes(1024), signal: leaving.signal }));
});
afterEach(async () => {
  leaving.abort();
  await pieces.return(undefined);
  rmSync(directory, { recursive: true });
});

/** As the data plane does it. */
function rotate(backups: number): void {
  for (let number = backups - 1; number >= 1; number -= 1) {
    if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
  }
  renameSync(path, `${path}.1`);
  writeFileSync(path, '');
}

function write(text: string): void {
  appendFileSync(path, text);
}

/** What comes until everything so far has come. */
async function read(last: string): Promise<string> {
  let text = '';
  while (!text.endsWith(last)) {
    ring();
    const { value } = await pieces.next();
    text += Buffer.from(value ?? []).toString();
  }
  return text;
}

describe('a follower that comes late', () => {
  beforeEach(async () => {
    expect(Buffer.from((await pieces.next()).value ?? []).toString()).toBe('first\n');
  });

  test('gets every file in between, as long as it is there', async () => {
    write('rest of the first\n');
    for (const text of ['two\n', 'three\n', 'four\n']) {
      rotate(5);
      write(text);
    }
    expect(await read('four\n')).toBe('rest of the first\ntwo\nthree\nfour\n');
  });

  test('is notified when files that it has not read are gone, and continues with the oldest that exists', async () => {
    write('rest of the first\n');
    for (const text of ['two\n', 'three\n', 'four\n', 'five\n']) {
      rotate(2);
      write(text);
    }
    expect(await read('five\n')).toBe(`rest of the first\n${skipped}three\nfour\nfive\n`);
  });

  test('is notified when a file in between was compressed', async () => {
    for (const text of ['two\n', 'three\n']) {
      rotate(5);
      write(text);
    }
    unlinkSync(`${path}.1`);
    writeFileSync(`${path}.1.gz`, gzipSync('two\n'));
    expect(await read('three\n')).toBe(`${skipped}three\n`);
  });

  test('is not notified when its own file was compressed and the next one exists', async () => {
    const longAgo = Date.now() / 1000 - 1000;
    utimesSync(path, longAgo, longAgo);
    rotate(5);
    write('two\n');
    unlinkSync(`${path}.1`);
    writeFileSync(`${path}.1.gz`, gzipSync('first\n'));
    utimesSync(`${path}.1.gz`, longAgo, longAgo);
    expect(await read('two\n')).toBe('two\n');
  });

  test('is not notified of old files when the log was only cleared', async () => {
    writeFileSync(`${path}.1`, 'long ago\n');
    utimesSync(`${path}.1`, 1e9, 1e9);
    unlinkSync(path);
    writeFileSync(path, 'anew\n');
    expect(await read('anew\n')).toBe('anew\n');
  });

  test('continues while a rotation is in progress and a number has no file', async () => {
    rotate(5);
    write('two\n');
    rotate(5);
    write('three\n');
    renameSync(`${path}.2`, `${path}.3`);
    renameSync(`${path}.1`, `${path}.2`);
    expect(await read('three\n')).toBe('two\nthree\n');
  });

  test('is notified of a truncation, also when the file has grown beyond the old position again', async () => {
    truncateSync(path);
    write('something else, and longer than before\n');
    expect(await read('before\n')).toBe(`${truncated}something else, and longer than before\n`);
    truncateSync(path);
    write('short\n');
    expect(await read('short\n')).toBe(`${truncated}short\n`);
  });
});

test('a follower without data to read yet reports its position, and detects a truncation there', async () => {
  const watch = () => () => {};
  const events = followLog(path, watch, { chooseStart: lastBytes(0), signal: leaving.signal });
  expect((await events.next()).value).toMatchObject({ kind: 'bytes', start: 6, bytes: new Uint8Array() });
  truncateSync(path);
  write('something else\n');
  expect((await events.next()).value).toEqual({ kind: 'truncated' });
  expect((await events.next()).value).toMatchObject({ kind: 'bytes', start: 0 });
  await events.return(undefined);
});

test('a follower that leaves at any time during a rotation has closed all files', async () => {
  for (let turns = 0; turns < 40; turns += 1) {
    const events = followLog(path, () => () => {}, { chooseStart: lastBytes(64), signal: leaving.signal });
    await events.next();
    rotate(1);
    const next = events.next();
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    appendFileSync(`${path}.1`, 'written to the renamed file\n');
    await next;
    await events.return(undefined);
    expect(openFiles()).toEqual([]);
  }
});

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    const link = `/proc/self/fd/${fd}`;
    // The descriptor that has listed them is closed by now.
    if (!lstatSync(link, { throwIfNoEntry: false })) return [];
    const target = readlinkSync(link);
    return target.startsWith(directory) ? [target] : [];
  });
}
