import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rotation } from '../../../src/config/config.ts';
import { withFileRightsOf } from '../../../src/linux/credentials.ts';
import { memoryOf, openAppend } from '../../../src/linux/file.ts';
import { beginCopy, finishCopy } from '../../../src/logs/compressed-copy.ts';
import { checkIntervalMs, LogFile, type LogFileEvents, retryIntervalMs } from '../../../src/logs/log-file.ts';
import { bySize } from '../../../src/logs/rotation.ts';

const nobody = { name: 'nobody', uid: 65534, gid: 65534, groups: [65534] };

let directory: string;
let path: string;
let told: string[];
let rotated: string[];
let log: LogFile;
/** On its clock. */
let now = 0;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-log-'));
  path = join(directory, 'log');
  told = [];
  rotated = [];
});
afterEach(() => {
  log.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(rotation: Rotation = bySize(0, 0), mode = 0o644): void {
  log = new LogFile({ path, mode, rotation, writer: null }, openAppend(path, mode), events(), () => now);
}

function events(): LogFileEvents {
  return {
    trouble: (message) => told.push(message),
    rotated: (base) => rotated.push(base),
    discarded: (fd) => closeSync(fd),
  };
}

function write(text: string): void {
  const memory = memoryOf(Buffer.from(text));
  log.write(memory, 0, memory.bytes.length);
}

/** Every file of the directory with what it holds. */
function files(): Record<string, string> {
  const names = readdirSync(directory).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

describe('a log file', () => {
  test('is appended to', () => {
    writeFileSync(path, 'old ');
    open();
    write('new');
    expect(files()).toEqual({ log: 'old new' });
  });

  test('never rotates without a size', () => {
    open(bySize(0, 5));
    write('x'.repeat(100_000));
    expect(Object.keys(files())).toEqual(['log']);
  });

  test('rotates when a write brings it to its size, after that write', () => {
    open(bySize(10, 3));
    write('12345678\n');
    expect(Object.keys(files())).toEqual(['log']);
    write('x\n');
    expect(files()).toEqual({ log: '', 'log.1': '12345678\nx\n' });
  });

  test('keeps as many old ones as it may, the youngest as .1', () => {
    open(bySize(2, 3));
    for (const line of ['a\n', 'b\n', 'c\n', 'd\n', 'e\n']) write(line);
    expect(files()).toEqual({ log: '', 'log.1': 'e\n', 'log.2': 'd\n', 'log.3': 'c\n' });
  });

  test('leaves old ones with higher numbers alone', () => {
    writeFileSync(`${path}.2`, 'kept\n');
    open(bySize(2, 1));
    for (const line of ['a\n', 'b\n']) write(line);
    expect(files()).toEqual({ log: '', 'log.1': 'b\n', 'log.2': 'kept\n' });
  });

  test('is emptied, and stays the same file, when no old ones are wanted', () => {
    open(bySize(2, 0));
    const { ino } = statSync(path);
    write('a\n');
    expect(files()).toEqual({ log: '' });
    expect(statSync(path).ino).toBe(ino);
  });

  test('rotates after the first write when it was too large from the start', () => {
    writeFileSync(path, 'x'.repeat(50));
    open(bySize(10, 1));
    write('a\n');
    expect(files()).toEqual({ log: '', 'log.1': `${'x'.repeat(50)}a\n` });
  });

  test('is not cut within a line', () => {
    open(bySize(10, 2));
    write('123456\n89012\nabc');
    expect(files()).toEqual({ log: 'abc', 'log.1': '123456\n89012\n' });
  });

  test('rotates within a line that is longer than a file', () => {
    open(bySize(10, 2));
    write('x'.repeat(20));
    expect(files()).toEqual({ log: '', 'log.1': 'x'.repeat(20) });
  });

  test('keeps as many old files as there are, when as good as all of them are wanted', () => {
    writeFileSync(`${path}.1`, 'one');
    writeFileSync(`${path}.7.gz`, 'seven');
    for (const other of ['.01', '.1.old', '.x', '2']) writeFileSync(path + other, 'not ours');
    open(bySize(4, 2 ** 31 - 1));
    write('abc\n');
    expect(files()).toEqual({
      log: '',
      'log.01': 'not ours',
      'log.1': 'abc\n',
      'log.1.old': 'not ours',
      'log.2': 'one',
      'log.8.gz': 'seven',
      'log.x': 'not ours',
      log2: 'not ours',
    });
  });

  test('has the mode that it was given, after a rotation too', () => {
    open(bySize(2, 1), 0o600);
    write('a\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is empty after it was cleared, with its backups untouched', () => {
    writeFileSync(`${path}.1`, 'backup');
    open();
    write('old');
    const { ino } = statSync(path);
    linkSync(path, join(directory, 'link'));
    expect(log.clear()).toBe(0);
    write('new');
    expect(files()).toEqual({ link: 'old', log: 'new', 'log.1': 'backup' });
    expect(statSync(path).ino).not.toBe(ino);
  });

  test('is cleared also when it was removed', () => {
    open();
    unlinkSync(path);
    expect(log.clear()).toBe(0);
    expect(existsSync(path)).toBe(true);
  });

  test('continues at its path after reopening', () => {
    open();
    write('old');
    renameSync(path, `${path}.old`);
    expect(log.reopen()).toBe(0);
    write('new');
    expect(files()).toEqual({ log: 'new', 'log.old': 'old' });
  });
});

describe('a log file that another process changes', () => {
  test('comes back after it was removed', () => {
    open();
    unlinkSync(path);
    now += checkIntervalMs;
    write('line\n');
    expect(files()).toEqual({ log: 'line\n' });
    expect(told).toEqual([]);
  });

  test('comes back after it was moved away, and no byte is lost', () => {
    open();
    renameSync(path, `${path}.moved`);
    write('still there\n');
    now += checkIntervalMs;
    write('here again\n');
    expect(files()).toEqual({ log: 'here again\n', 'log.moved': 'still there\n' });
  });

  test('continues from its start after a truncation, and rotates by its new size', () => {
    open(bySize(100, 1));
    write(`${'x'.repeat(80)}\n`);
    truncateSync(path);
    write(`${'y'.repeat(80)}\n`);
    expect(files()).toEqual({ log: `${'y'.repeat(80)}\n` });
  });

  test('does not rotate a file that has replaced it', () => {
    open(bySize(20, 1));
    renameSync(path, join(directory, 'ours'));
    writeFileSync(path, 'theirs\n');
    const line = `${'x'.repeat(30)}\n`;
    write(line);
    write('next');
    expect(files()).toEqual({ log: 'theirs\nnext', ours: line });
  });
});

describe('a log file that cannot be written', () => {
  test('counts dropped bytes, reports them twice, and resumes by itself', () => {
    const inner = join(directory, 'inner');
    mkdirSync(inner);
    path = join(inner, 'log');
    open();
    rmSync(inner, { recursive: true });
    now += checkIntervalMs;
    write('gone');
    mkdirSync(inner);
    write('too soon');
    now += retryIntervalMs;
    write('line');
    expect(readFileSync(path, 'utf8')).toBe('line');
    expect(told).toEqual([
      `cannot write to ${path}: ENOENT; output is dropped until it can be written again`,
      `writing to ${path} again; 12 bytes were dropped`,
    ]);
  });

  test('reports when it is closed what was dropped', () => {
    const inner = join(directory, 'inner');
    mkdirSync(inner);
    path = join(inner, 'log');
    open();
    rmSync(inner, { recursive: true });
    now += checkIntervalMs;
    write('gone');
    log.close();
    expect(told.at(-1)).toBe(`closed ${path}; 4 bytes were dropped`);
  });
});

describe('a rotation that fails', () => {
  test('is reported once and loses no byte', () => {
    open(bySize(4, 1));
    mkdirSync(`${path}.1`);
    for (const line of ['one\n', 'two\n', 'three\n']) write(line);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n');
    expect(told).toEqual([`cannot rotate ${path}: EISDIR; it goes on growing`]);
  });
});

describe('old log files', () => {
  test('are moved on and replaced whether they are compressed or not', () => {
    writeFileSync(`${path}.1.gz`, 'one');
    writeFileSync(`${path}.2.zst`, 'two');
    writeFileSync(`${path}.3.gz`, 'three');
    open(bySize(2, 3));
    write('a\n');
    expect(files()).toEqual({ log: '', 'log.1': 'a\n', 'log.2.gz': 'one', 'log.3.zst': 'two' });
  });

  test('are replaced by the next when only one is kept', () => {
    writeFileSync(`${path}.1.gz`, 'one');
    open(bySize(2, 1));
    write('a\n');
    expect(files()).toEqual({ log: '', 'log.1': 'a\n' });
  });

  test('are found by their names, however much else there is', () => {
    writeFileSync(`${path}.1`, 'young');
    writeFileSync(`${path}.3.gz`, 'old');
    chownSync(directory, nobody.uid, nobody.gid);
    // Nothing but root can list it.
    chmodSync(directory, 0o300);
    withFileRightsOf(nobody, () => {
      open(bySize(2, 5));
      write('a\n');
    });
    expect(Object.keys(files())).toEqual(['log', 'log.1', 'log.2', 'log.4.gz']);
  });

  test('are removed when they are too old', () => {
    writeFileSync(`${path}.1`, 'young');
    writeFileSync(`${path}.2.gz`, 'old');
    utimesSync(`${path}.2.gz`, 1e9, 1e9);
    open({ ...bySize(100, 5), maxAgeSeconds: 3600 });
    expect(files()).toEqual({ log: '', 'log.1': 'young' });
  });

  test('make way for their compressed copy under whatever number they have by then', () => {
    open(bySize(2, 3));
    write('a\n');
    const copy = beginCopy(path, 3, null);
    write('b\n');
    writeFileSync(copy?.copy ?? -1, 'copy of a');
    if (copy) finishCopy(path, 3, copy, '.gz');
    expect(files()).toEqual({ log: '', 'log.1': 'b\n', 'log.2.gz': 'copy of a' });
  });

  test('that are gone leave no compressed copy', () => {
    writeFileSync(`${path}.1`, 'old');
    open();
    const copy = beginCopy(path, 3, null);
    unlinkSync(`${path}.1`);
    if (copy) finishCopy(path, 3, copy, '.gz');
    expect(files()).toEqual({ log: '' });
  });

  test('give way to a copy only if that is the one that was made', () => {
    writeFileSync(`${path}.1`, 'old');
    open();
    const copy = beginCopy(path, 3, null);
    renameSync(`${path}.compressing`, join(directory, 'taken'));
    writeFileSync(`${path}.compressing`, 'forged');
    if (copy) finishCopy(path, 3, copy, '.gz');
    expect(files()).toEqual({ log: '', 'log.1': 'old', 'log.compressing': 'forged', taken: '' });
  });
});

describe('a log file that rotates by the clock', () => {
  const daily: Rotation = { ...bySize(0, 2), schedule: { every: 'day', hour: 0, minute: 0 } };

  test('knows the next time, and rotates when it has come', () => {
    open(daily);
    write('today');
    expect(log.rotatesAt).toBeGreaterThan(Date.now());
    log.rotateOnSchedule();
    expect(files()).toEqual({ log: '', 'log.1': 'today' });
    expect(rotated).toEqual([path]);
    expect(log.rotatesAt).toBeGreaterThan(Date.now());
  });

  test('rotates when it is opened after a time that was missed', () => {
    writeFileSync(path, 'long ago');
    utimesSync(path, 1e9, 1e9);
    open(daily);
    expect(files()).toEqual({ log: '', 'log.1': 'long ago' });
  });

  test('stays when it is empty', () => {
    open(daily);
    log.rotateOnSchedule();
    expect(log.rotate()).toBe(0);
    expect(files()).toEqual({ log: '' });
  });
});

describe('a log file continued from a snapshot', () => {
  /** The size at which it rotates. */
  const full = 30;

  /** Through JSON, with the same descriptor. */
  function interrupt(): void {
    const written = JSON.stringify(log.snapshot());
    log = LogFile.restore(JSON.parse(written), events(), () => now);
  }

  test('rotates where it would have rotated, at whatever offset it was', () => {
    const lines = ['one\n', 'two two\n', 'three three three\n', 'four\n', 'five five five\n', 'six\n'];
    const filesOf = (interrupted: boolean) => {
      open(bySize(full, 5));
      for (const byte of lines.join('').match(/.{1,3}\n?/gs) ?? []) {
        if (interrupted) interrupt();
        write(byte);
      }
      const written = files();
      log.close();
      for (const name of Object.keys(written)) unlinkSync(join(directory, name));
      return written;
    };
    const uninterrupted = filesOf(false);
    expect(Object.keys(uninterrupted)).toEqual(['log', 'log.1']);
    expect(filesOf(true)).toEqual(uninterrupted);
  });

  test('one byte before it is full, rotates with that byte', () => {
    open(bySize(full, 1));
    write('x'.repeat(full - 2));
    interrupt();
    write('\n');
    interrupt();
    write('\n');
    write('next\n');
    expect(files()).toEqual({ log: 'next\n', 'log.1': `${'x'.repeat(full - 2)}\n\n` });
  });

  test('goes on in a renamed file until it looks, and then at its path', () => {
    open();
    write('a');
    renameSync(path, `${path}.moved`);
    interrupt();
    write('b');
    now += checkIntervalMs;
    write('c');
    expect(files()).toEqual({ log: 'c', 'log.moved': 'ab' });
  });

  test('counts what it has dropped, with one message at the beginning and one at the end', () => {
    open();
    log.close();
    log = new LogFile(
      { path: '/dev/full', mode: 0o644, rotation: bySize(0, 0), writer: null },
      openAppend('/dev/full'),
      events(),
      () => now,
    );
    write('12345');
    interrupt();
    write('678');
    log.close();
    expect(told).toEqual([
      'cannot write to /dev/full: ENOSPC; output is dropped until it can be written again',
      'closed /dev/full; 8 bytes were dropped',
    ]);
  });

  test('retries a failed rotation no sooner, and complains no second time', () => {
    open(bySize(full, 1));
    mkdirSync(`${path}.1`);
    mkdirSync(`${path}.1/kept`);
    write(`${'x'.repeat(full)}\n`);
    expect(told).toHaveLength(1);
    interrupt();
    now += 29_000;
    write('still\n');
    now += 2000;
    interrupt();
    write('again\n');
    expect(told).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toEndWith('still\nagain\n');
  });

  test('that has backups to compress reports them again', () => {
    open({ ...bySize(full, 2), compression: 'gzip' });
    write(`${'x'.repeat(full)}\n`);
    expect(rotated).toEqual([path]);
    interrupt();
    expect(rotated).toEqual([path, path]);
  });

  test('opens a file later that could not be opened yet', () => {
    open();
    log.close();
    log = new LogFile(
      { path: join(directory, 'missing/log'), mode: 0o644, rotation: bySize(0, 0), writer: null },
      -2,
      events(),
      () => now,
    );
    interrupt();
    mkdirSync(join(directory, 'missing'));
    write('a line\n');
    expect(readFileSync(join(directory, 'missing/log'), 'utf8')).toBe('a line\n');
  });
});
