// The data plane with its worker, real pipes and real files, in this process.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DataPlane,
  type Log,
  type Stream,
  type StreamConsumer,
} from '../../../src/data-plane/main/data-plane.ts';
import type { StreamSettings } from '../../../src/data-plane/protocol/messages.ts';
import { checked, SyscallError } from '../../../src/linux/errno.ts';
import { libc, ptr } from '../../../src/linux/libc.ts';
import { RLIMIT_NOFILE } from '../../../src/linux/limits.ts';
import { createPipe } from '../../../src/linux/pipe.ts';
import { bySize } from '../../../src/logs/rotation.ts';
import { eventually } from '../../support/eventually.ts';

let directory: string;
let plane: DataPlane;
let told: string[];
let open: Set<number>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-plane-'));
  told = [];
  open = new Set();
  plane = DataPlane.start(
    (message) => told.push(message),
    (reason) => told.push(`dead: ${reason}`),
  );
});
afterEach(async () => {
  for (const fd of open) closeSync(fd);
  await plane.stop();
  rmSync(directory, { recursive: true });
});

function openLog(name: string, maxBytes = 0, backups = 0): Log {
  return plane.openLog({ path: join(directory, name), rotation: bySize(maxBytes, backups) });
}

type Attached = StreamSettings & StreamConsumer & { readonly log: Log | null };

/** A pipe to the data plane: its write end, and the stream. */
function attach({ log = null, onData = null, onCapture = null, ...more }: Partial<Attached>): {
  writeFd: number;
  stream: Stream;
} {
  const { readFd, writeFd } = createPipe('read');
  open.add(writeFd);
  const settings = {
    ...{ fd: readFd, syslogName: null, stripAnsi: false, captureMaxBytes: 0, prompt: false },
    ...{ lines: null, listener: null, awaits: null, ...more },
  };
  const stream = plane.attach(settings, { onData, onCapture }, log);
  return { writeFd, stream };
}

function close(fd: number): void {
  open.delete(fd);
  closeSync(fd);
}

function read(name: string): string {
  return readFileSync(join(directory, name), 'utf8');
}

describe('output of a program', () => {
  test('is in the file once the stream is drained', async () => {
    const { writeFd, stream } = attach({ log: openLog('log') });
    for (let round = 0; round < 20; round += 1) {
      writeSync(writeFd, `line ${round}\n`);
      await stream.drained();
      expect(read('log')).toEndWith(`line ${round}\n`);
    }
  });

  test('is drained although a descendant holds the pipe open, and what that writes later is logged too', async () => {
    const { writeFd, stream } = attach({ log: openLog('log') });
    writeSync(writeFd, 'parent\n');
    await stream.drained();
    expect(read('log')).toBe('parent\n');
    writeSync(writeFd, 'grandchild\n');
    await eventually(() => read('log') === 'parent\ngrandchild\n', { what: 'the later line' });
  });

  test('is all there when a full pipe was drained', async () => {
    const { writeFd, stream } = attach({ log: openLog('log') });
    const piece = Buffer.alloc(65536, 'x');
    writeSync(writeFd, piece);
    await stream.drained();
    expect(statSync(join(directory, 'log')).size).toBe(65536);
  });

  test('of hundreds of streams is drained together', async () => {
    const log = openLog('log');
    const streams = Array.from({ length: 300 }, () => attach({ log }));
    for (const { writeFd } of streams) {
      writeSync(writeFd, 'x\n');
      close(writeFd);
    }
    await Promise.all(streams.map(({ stream }) => stream.drained()));
    expect(statSync(join(directory, 'log')).size).toBe(600);
  });

  test('continues to write to the log after its handle was released', async () => {
    const log = openLog('log');
    const { writeFd, stream } = attach({ log });
    log.release();
    writeSync(writeFd, 'late\n');
    await stream.drained();
    expect(read('log')).toBe('late\n');
  });

  test('that is shown to a slow listener waits for it, without loss', async () => {
    let bytes = 0;
    const { writeFd, stream } = attach({
      onData: (chunk) => {
        bytes += chunk.length;
      },
    });
    const total = 32 * 1024 * 1024;
    const writer = Bun.spawn(['head', '-c', String(total), '/dev/zero'], {
      stdio: ['ignore', writeFd, 'inherit'],
    });
    close(writeFd);
    await writer.exited;
    await stream.drained();
    await eventually(() => bytes === total, { what: 'all bytes to be seen' });
  });

  test('between capture tokens is an event, and no part of the log', async () => {
    const captured: string[] = [];
    const seen: string[] = [];
    const { writeFd, stream } = attach({
      log: openLog('log'),
      captureMaxBytes: 100,
      onCapture: (data) => captured.push(Buffer.from(data).toString()),
      onData: (chunk) => seen.push(Buffer.from(chunk).toString()),
    });
    writeSync(writeFd, 'a<!--XSUPERVISOR:BEGIN-->inside<!--XSUPERVISOR:END-->b');
    await stream.drained();
    expect(captured).toEqual(['inside']);
    expect(seen).toEqual(['a', 'inside', 'b']);
    expect(read('log')).toBe('ab');
  });

  test('loses its colours when that is wanted', async () => {
    const { writeFd, stream } = attach({ log: openLog('log'), stripAnsi: true });
    writeSync(writeFd, '\x1b[31mred\x1b[0m\n');
    await stream.drained();
    expect(read('log')).toBe('red\n');
  });

  test('ends in the log without its newline, and with the beginning of a token', async () => {
    const { writeFd, stream } = attach({ log: openLog('log'), captureMaxBytes: 100 });
    writeSync(writeFd, 'no newline <!--XSUP');
    close(writeFd);
    await stream.drained();
    expect(read('log')).toBe('no newline <!--XSUP');
  });
});

describe('several programs in one file', () => {
  test('rotate it together, and tear no line', async () => {
    const writers = ['a', 'b', 'c', 'd'].map((letter) => {
      const log = openLog('log', 20_000, 400);
      const { writeFd, stream } = attach({ log });
      const script = `i=0; while [ $i -lt 3000 ]; do echo ${letter} $i ${letter.repeat(60)}; i=$((i+1)); done`;
      const program = Bun.spawn(['sh', '-c', script], { stdio: ['ignore', writeFd, 'inherit'] });
      close(writeFd);
      return { letter, stream, program };
    });
    await Promise.all(writers.map(({ program }) => program.exited));
    await Promise.all(writers.map(({ stream }) => stream.drained()));
    const names = readdirSync(directory);
    expect(names.length).toBeGreaterThan(3);
    const lines = names.flatMap((name) => read(name).split('\n').slice(0, -1));
    const expected = writers.flatMap(({ letter }) =>
      Array.from({ length: 3000 }, (_, number) => `${letter} ${number} ${letter.repeat(60)}`),
    );
    expect(lines.sort()).toEqual(expected.sort());
  });
});

describe('logs', () => {
  test('take text of the daemon in order', async () => {
    const log = openLog('log');
    log.write('one\n');
    log.write(Buffer.from('two\n'));
    await plane.isAlive(5000);
    expect(read('log')).toBe('one\ntwo\n');
  });

  test('that cannot be opened fail at once, with the reason', () => {
    expect(() => openLog('no/such/directory')).toThrow(SyscallError);
    expect(() => openLog('.')).toThrow('EISDIR');
  });

  test('report when they cannot be cleared', async () => {
    const log = openLog('log');
    rmSync(join(directory, 'log'));
    execFileSync('mkdir', [join(directory, 'log')]);
    await expect(log.clear()).rejects.toThrow('EISDIR');
  });

  test('are made with the umask of the moment, also after a rotation', async () => {
    const before = process.umask(0o027);
    const log = openLog('log', 4, 1);
    process.umask(before);
    log.write('line\n');
    await plane.isAlive(5000);
    expect([
      statSync(join(directory, 'log.1')).mode & 0o777,
      statSync(join(directory, 'log')).mode & 0o777,
    ]).toEqual([0o640, 0o640]);
  });

  test('notify their watchers when they grow, rotate or are cleared', async () => {
    const log = openLog('log', 1000, 2);
    let changes = 0;
    const forget = plane.watchLog(join(directory, 'log'), () => {
      changes += 1;
    });
    for (const action of [() => log.write('x'), () => log.clear(), () => log.write('y'.repeat(1000))]) {
      const before = changes;
      await action();
      await eventually(() => changes > before, { what: 'the notification of the change' });
    }
    forget();
    const last = changes;
    log.write('z');
    await plane.isAlive(5000);
    await plane.isAlive(5000);
    expect(changes).toBe(last);
  });

  test('can be watched before they are open', async () => {
    let changes = 0;
    plane.watchLog(join(directory, 'log'), () => {
      changes += 1;
    });
    openLog('log').write('x');
    await eventually(() => changes > 0, { what: 'the notification of the change' });
  });
});

describe('what is at paths', () => {
  test('is returned in their order: regular files, and nothing else', async () => {
    openLog('log').write('four');
    const paths = ['log', 'missing', '.', 'log'].map((name) => join(directory, name));
    const { dev, ino } = statSync(directory);
    const [first, missing, itself, again] = await plane.filesAt([...paths, '/dev/null']);
    expect(first).toEqual({ device: dev, inode: expect.any(Number), bytes: 4 });
    expect(first?.inode).not.toBe(ino);
    expect(again).toEqual(first ?? null);
    expect([missing, itself]).toEqual([null, null]);
    expect((await plane.filesAt(['/dev/null']))[0]).toBeNull();
  });

  test('is unknown while there are no descriptors for a thread to look at them, and known afterwards', async () => {
    const path = join(directory, 'log');
    writeFileSync(path, 'four');
    const plentiful = new BigUint64Array(2);
    checked(libc.getrlimit(RLIMIT_NOFILE, ptr(plentiful)), 'getrlimit');
    const none = BigUint64Array.of(0n, plentiful[1] ?? 0n);
    checked(libc.setrlimit(RLIMIT_NOFILE, ptr(none)), 'setrlimit');
    try {
      expect(await plane.filesAt([path])).toEqual([null]);
    } finally {
      checked(libc.setrlimit(RLIMIT_NOFILE, ptr(plentiful)), 'setrlimit');
    }
    expect(await plane.filesAt([path])).toMatchObject([{ bytes: 4 }]);
  });
});

describe('files that are no files', () => {
  test('a FIFO without a reader blocks no other log, and its reader gets what was written', async () => {
    const fifo = join(directory, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const { writeFd, stream } = attach({ log: openLog('fifo') });
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    writeSync(writeFd, 'through\n');
    await stream.drained();
    const buffer = Buffer.alloc(100);
    expect(buffer.toString('utf8', 0, readSync(reader, buffer))).toBe('through\n');
    closeSync(reader);
  });

  test('a FIFO that is full slows its writer and loses nothing when it is read', async () => {
    const fifo = join(directory, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const { writeFd, stream } = attach({ log: openLog('fifo') });
    const total = 3_000_000;
    const writer = Bun.spawn(['head', '-c', String(total), '/dev/zero'], {
      stdio: ['ignore', writeFd, 'inherit'],
    });
    close(writeFd);
    const reader = Bun.spawn(['head', '-c', String(total), fifo], { stdio: ['ignore', 'pipe', 'inherit'] });
    const bytes = (await new Response(reader.stdout).bytes()).length;
    await writer.exited;
    await stream.drained();
    expect(bytes).toBe(total);
    expect(told).toEqual([]);
  });

  test('a full device is reported, and its dropped bytes are counted', async () => {
    const log = plane.openLog({ path: '/dev/full', rotation: bySize(1, 0) });
    log.write('four');
    log.write('more');
    log.release();
    await eventually(() => told.length === 2, { what: 'the report of dropped bytes' });
    expect(told).toEqual([
      'cannot write to /dev/full: ENOSPC; output is dropped until it can be written again',
      'closed /dev/full; 8 bytes were dropped',
    ]);
  });

  test('a device is neither removed nor rotated', async () => {
    const log = plane.openLog({ path: '/dev/null', rotation: bySize(10, 3) });
    log.write('x'.repeat(100));
    await log.clear();
    await log.reopen();
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(existsSync('/dev/null.1')).toBe(false);
  });
});

describe('descriptors that are to be written', () => {
  test('are reported once there is room', async () => {
    const { readFd, writeFd } = createPipe('write');
    const filler = Buffer.alloc(65536);
    writeSync(writeFd, filler);
    const { promise, resolve } = Promise.withResolvers<void>();
    let called = 0;
    plane.whenWritable(writeFd, () => {
      called += 1;
      resolve();
    });
    await plane.isAlive(5000);
    expect(called).toBe(0);
    readSync(readFd, Buffer.alloc(65536));
    await promise;
    plane.whenWritable(writeFd, () => {
      called += 1;
    });
    await eventually(() => called === 2, { what: 'the second call' });
    closeSync(readFd);
    closeSync(writeFd);
  });

  test('are reported when their reader is gone', async () => {
    const { readFd, writeFd } = createPipe('write');
    writeSync(writeFd, Buffer.alloc(65536));
    const { promise, resolve } = Promise.withResolvers<void>();
    plane.whenWritable(writeFd, resolve);
    closeSync(readFd);
    await promise;
    closeSync(writeFd);
  });

  test('are not reported after they were forgotten', async () => {
    const { readFd, writeFd } = createPipe('write');
    let called = false;
    plane.whenWritable(writeFd, () => {
      called = true;
    });
    plane.forgetWritable(writeFd);
    await plane.isAlive(5000);
    await plane.isAlive(5000);
    expect(called).toBe(false);
    closeSync(readFd);
    closeSync(writeFd);
  });
});

describe('a descriptor number that is used again', () => {
  test('gets no event of the one before: readable', async () => {
    const [first, second, idle] = [createPipe('read'), createPipe('read'), createPipe('read')];
    const called: string[] = [];
    /** Both are ready in one turn of the worker: the event of the other one is on its way when this one is called. */
    const reuse = (other: number) => () => {
      called.push('before');
      plane.forgetReadable(other);
      checked(libc.dup2(idle.readFd, other), 'dup2');
      plane.whenReadable(other, () => called.push('now'));
    };
    for (const { writeFd } of [first, second]) writeSync(writeFd, 'x');
    plane.whenReadable(first.readFd, reuse(second.readFd));
    plane.whenReadable(second.readFd, reuse(first.readFd));
    await eventually(() => called.length > 0, { what: 'the first event' });
    await plane.isAlive(5000);
    expect(called).toEqual(['before']);
    writeSync(idle.writeFd, 'x');
    await eventually(() => called.length > 1, { what: 'the event of the present one' });
    expect(called).toEqual(['before', 'now']);
    for (const { readFd, writeFd } of [first, second, idle])
      for (const fd of [readFd, writeFd]) closeSync(fd);
  });

  test('gets no event of the one before: writable', async () => {
    const [first, second, full] = [createPipe('write'), createPipe('write'), createPipe('write')];
    const called: string[] = [];
    const reuse = (other: number) => () => {
      called.push('before');
      plane.forgetWritable(other);
      checked(libc.dup2(full.writeFd, other), 'dup2');
      plane.whenWritable(other, () => called.push('now'));
    };
    writeSync(full.writeFd, Buffer.alloc(65536));
    plane.whenWritable(first.writeFd, reuse(second.writeFd));
    plane.whenWritable(second.writeFd, reuse(first.writeFd));
    await eventually(() => called.length > 0, { what: 'the first event' });
    await plane.isAlive(5000);
    expect(called).toEqual(['before']);
    readSync(full.readFd, Buffer.alloc(65536));
    await eventually(() => called.length > 1, { what: 'the event of the present one' });
    expect(called).toEqual(['before', 'now']);
    for (const { readFd, writeFd } of [first, second, full])
      for (const fd of [readFd, writeFd]) closeSync(fd);
  });
});

describe('a worker that has died', () => {
  test('is reported once, and fails all requests', async () => {
    const before = nestedEpolls();
    const log = openLog('log');
    const { stream } = attach({ log });
    await log.written();
    for (const fd of nestedEpolls().filter((each) => !before.includes(each))) closeSync(fd);
    await log.written();
    await eventually(() => told.length > 0, { what: 'the report of its exit' });
    const refusals = [log.clear(), log.rotate()].map((refused) => refused.catch(({ code }) => code));
    expect(await Promise.all(refusals)).toEqual(['EIO', 'EIO']);
    await stream.drained();
    await log.written();
    log.write('dropped');
    expect(() => openLog('another')).toThrow('EIO');
    const { writeFd } = attach({ log });
    expect(() => writeSync(writeFd, 'x')).toThrow('EPIPE');
    await plane.stop();
    expect(told).toEqual(['dead: epoll_wait: EBADF']);
    expect(read('log')).toBe('');
  });
});

/** Descriptors of this process that watch another epoll instance, of which each worker has one and the runtime none. */
function nestedEpolls(): number[] {
  const isEpoll = (fd: string): boolean => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:[eventpoll]';
    } catch {
      return false;
    }
  };
  const watched = (fd: string): string[] =>
    [...readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').matchAll(/^tfd:\s*(\d+)/gm)].map(
      ([, tfd]) => tfd ?? '',
    );
  return readdirSync('/proc/self/fd')
    .filter((fd) => isEpoll(fd) && watched(fd).some(isEpoll))
    .map(Number);
}
