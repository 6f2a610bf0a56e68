// References to open logs, and the events about them: with real files.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rotation } from '../../../../src/config/config.ts';
import type { WorkerEvent } from '../../../../src/data-plane/protocol/messages.ts';
import { SharedIoState } from '../../../../src/data-plane/protocol/shared-io-state.ts';
import { BlockedLogs } from '../../../../src/data-plane/worker/blocked-logs.ts';
import { LogTable } from '../../../../src/data-plane/worker/log-table.ts';
import { E } from '../../../../src/linux/errno.ts';
import { memoryOf } from '../../../../src/linux/file.ts';
import { bySize } from '../../../../src/logs/rotation.ts';
import { Syslog } from '../../../../src/logs/syslog.ts';

/** Not while the tests run. */
const hour = (new Date().getHours() + 12) % 24;
const daily: Rotation = { ...bySize(0, 2), schedule: { every: 'day', hour, minute: 0 } };
const nobody = 65534;

let directory: string;
let path: string;
let reports: WorkerEvent[];
let disk: SharedIoState;
let table: LogTable;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-table-'));
  path = join(directory, 'log');
  reports = [];
  disk = new SharedIoState();
  const blocked = new BlockedLogs(
    () => {},
    () => {},
  );
  table = new LogTable(new Syslog(() => {}, '/nonexistent'), (report) => reports.push(report), blocked, disk);
});
afterEach(() => rmSync(directory, { recursive: true }));

function open(log: number, at = path, rotation = bySize(0, 0)): void {
  table.open({ do: 'openLog', log, fd: null, path: at, mode: 0o644, writer: null, rotation });
}

function write(log: number, text: string): void {
  const memory = memoryOf(Buffer.from(text));
  table.get(log)?.write(memory, 0, memory.bytes.length);
}

/** How many descriptors of this process lead to files in the directory. */
function openFiles(): number {
  const listing = Bun.spawnSync(['find', `/proc/${process.pid}/fd`, '-lname', `${directory}/*`]);
  return listing.stdout.toString().split('\n').length - 1;
}

const changes = () => reports.flatMap((report) => (report.is === 'logChanged' ? [report.path] : []));

describe('logs of one path', () => {
  test('are one, and its file is closed with the last of them', () => {
    open(1);
    open(2);
    expect(table.get(1)).toBe(table.get(2));
    table.forget(1);
    expect([table.get(1), openFiles()]).toEqual([null, 1]);
    write(2, 'a line\n');
    expect(readFileSync(path, 'utf8')).toBe('a line\n');
    table.forget(2);
    expect(openFiles()).toBe(0);
  });

  test('stay open for a stream when their holders are gone', () => {
    open(1);
    const log = table.get(1);
    if (!log) throw new Error('no log');
    log.references += 1;
    table.forget(1);
    const memory = memoryOf(Buffer.from('last words\n'));
    log.write(memory, 0, memory.bytes.length);
    table.release(log);
    expect(readFileSync(path, 'utf8')).toBe('last words\n');
    open(2);
    expect(table.get(2)).not.toBe(log);
  });

  test('go on in the file that is there when one of them is opened, with its rotation', () => {
    open(1);
    write(1, 'before\n');
    renameSync(path, `${path}.moved`);
    open(2, path, daily);
    write(1, 'after\n');
    expect([readFileSync(`${path}.moved`, 'utf8'), readFileSync(path, 'utf8')]).toEqual([
      'before\n',
      'after\n',
    ]);
    expect(table.nextRotation).toBeGreaterThan(Date.now());
  });

  test('are forgotten twice without harm, and what was never opened is none', () => {
    open(1);
    open(2);
    table.forget(1);
    table.forget(1);
    write(2, 'still here\n');
    expect(readFileSync(path, 'utf8')).toBe('still here\n');
    expect([table.get(3), table.get(null)]).toEqual([null, null]);
  });
});

describe('a log that cannot be opened', () => {
  const missing = () => join(directory, 'missing/log');

  test('is left out when its asker waits for the answer, which is why', () => {
    disk.expect(1);
    open(1, missing());
    expect(table.get(1)).toBeNull();
    expect(disk.opened(1, 0)).toBe(E.ENOENT);
  });

  test('is opened later when the main thread no longer waits', () => {
    open(1, missing());
    write(1, 'lost\n');
    mkdirSync(join(directory, 'missing'));
    expect(table.get(1)?.access((target) => target.reopen())).toBe(0);
    write(1, 'a line\n');
    expect(readFileSync(missing(), 'utf8')).toEndWith('a line\n');
  });

  test('because of a link that another user may have created is reported with the reason', () => {
    chmodSync(directory, 0o777);
    symlinkSync('/etc/passwd', path);
    chownSync(directory, nobody, nobody);
    disk.expect(1);
    open(1);
    expect(table.get(1)).toBeNull();
    expect(reports).toEqual([{ is: 'trouble', message: expect.stringContaining(path) }]);
  });
});

describe('the changes of a log that is watched', () => {
  test('are reported once each time the watch is armed', () => {
    open(1);
    write(1, 'unheard\n');
    table.watch(path);
    write(1, 'first\n');
    write(1, 'second\n');
    expect(changes()).toEqual([path]);
    table.watch(path);
    expect(changes()).toEqual([path, path]);
    table.unwatch(path);
    write(1, 'third\n');
    expect(changes()).toEqual([path, path]);
  });

  test('include its opening, when that comes later', () => {
    table.watch(path);
    expect(changes()).toEqual([]);
    open(1);
    expect(changes()).toEqual([path]);
  });

  test('go on when it is opened again', () => {
    open(1);
    table.watch(path);
    table.forget(1);
    open(2);
    expect(changes()).toEqual([path]);
    table.watch(path);
    write(2, 'a line\n');
    expect(changes()).toEqual([path, path]);
  });
});

describe('rotation by the clock', () => {
  const hourly: Rotation = { ...daily, schedule: { every: 'hour', minute: 0 } };

  test('is due when the first log is, and never when the last of them is closed', () => {
    expect(table.nextRotation).toBeNull();
    open(1, join(directory, 'daily'), daily);
    const day = table.nextRotation;
    open(2, join(directory, 'hourly'), hourly);
    expect(table.nextRotation).toBeLessThan(day ?? 0);
    table.forget(2);
    expect(table.nextRotation).toBe(day);
    table.forget(1);
    expect(table.nextRotation).toBeNull();
  });

  test('ends when the log is opened again without it', () => {
    open(1, path, daily);
    open(2);
    expect(table.nextRotation).toBeNull();
  });

  test('touches no log before its time', () => {
    open(1, path, daily);
    write(1, 'today\n');
    table.rotateOnSchedule();
    expect(readdirSync(directory)).toEqual(['log']);
  });
});
