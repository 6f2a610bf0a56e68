// A data plane with real workers, continued from a snapshot as after an exec: other workers, the same descriptors.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataPlane, type Log, type StreamConsumer } from '../../../../src/data-plane/main/data-plane.ts';
import type { PoolSpec } from '../../../../src/data-plane/main/pool-handle.ts';
import type { Stream, StreamSnapshot } from '../../../../src/data-plane/main/stream.ts';
import type { StreamSettings } from '../../../../src/data-plane/protocol/messages.ts';
import { StdinPipe } from '../../../../src/data-plane/protocol/stdin-pipe.ts';
import { EventSerials } from '../../../../src/events/numbering.ts';
import { createPipe } from '../../../../src/linux/pipe.ts';
import { bySize } from '../../../../src/logs/rotation.ts';
import { eventually } from '../../../support/eventually.ts';

let directory: string;
let troubles: string[];
let plane: DataPlane;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-plane-'));
  troubles = [];
  plane = DataPlane.start(onTrouble, onTrouble);
});
afterEach(async () => {
  await plane.stop();
  rmSync(directory, { recursive: true });
  expect(troubles).toEqual([]);
});

function onTrouble(message: string): void {
  troubles.push(message);
}

/** `connect` is what the main thread does before events are delivered again. */
async function interrupt(connect: () => void): Promise<void> {
  const written = JSON.stringify(await plane.freeze());
  plane = await DataPlane.restore(JSON.parse(written), onTrouble, onTrouble);
  connect();
  plane.resume();
}

/** What is in the pipe now. */
function readNow(fd: number): string {
  const reader = openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
  const buffer = Buffer.alloc(64 * 1024);
  try {
    return buffer.toString('utf8', 0, readSync(reader, buffer));
  } catch {
    return '';
  } finally {
    closeSync(reader);
  }
}

/** An object of the data plane, continued from its own snapshot. */
function throughJson<T>(snapshot: T): T {
  return JSON.parse(JSON.stringify(snapshot));
}

function settingsOf(fd: number, more: Partial<StreamSettings> = {}): StreamSettings {
  return {
    ...{ fd, syslogName: null, stripAnsi: false, captureMaxBytes: 0, prompt: true, lines: null },
    ...{ listener: null, awaits: null, ...more },
  };
}

test('a stream goes on into its log and to its consumer, interrupted again and again', async () => {
  const output = 'plain\n<!--XSUPERVISOR:BEGIN-->event<!--XSUPERVISOR:END-->end\n';
  const path = join(directory, 'log');
  const { readFd, writeFd } = createPipe('read');
  const [data, captured]: [string[], string[]] = [[], []];
  const consumer: StreamConsumer = {
    onData: (bytes) => data.push(Buffer.from(bytes).toString()),
    onCapture: (bytes) => captured.push(Buffer.from(bytes).toString()),
  };
  let log: Log = plane.openLog({ path, rotation: bySize(0, 0) });
  let stream: Stream = plane.attach(settingsOf(readFd, { captureMaxBytes: 100 }), consumer, log);
  for (const piece of output.match(/.{1,6}/gs) ?? []) {
    writeSync(writeFd, piece);
    const [wasLog, wasStream] = [throughJson(log.snapshot()), throughJson<StreamSnapshot>(stream.snapshot())];
    await interrupt(() => {
      log = plane.restoredLog(wasLog);
      stream = plane.reconnect(wasStream, consumer);
    });
  }
  closeSync(writeFd);
  await stream.drained();
  expect([readFileSync(path, 'utf8'), data.join(''), captured]).toEqual([
    'plain\nend\n',
    'plain\neventend\n',
    ['event'],
  ]);
  log.release();
});

test('what has come before the consumer is connected again waits for it', async () => {
  const { readFd, writeFd } = createPipe('read');
  const data: string[] = [];
  const consumer: StreamConsumer = {
    onData: (bytes) => data.push(Buffer.from(bytes).toString()),
    onCapture: null,
  };
  const { number } = plane.attach(settingsOf(readFd), consumer, null);
  const written = JSON.stringify(await plane.freeze());
  writeSync(writeFd, 'meanwhile\n');
  plane = await DataPlane.restore(JSON.parse(written), onTrouble, onTrouble);
  // Its reply follows what the worker has read.
  const stream = plane.reconnect({ worker: 0, number }, { onData: null, onCapture: null });
  await stream.drained();
  expect(data).toEqual([]);
  plane.reconnect({ worker: 0, number }, consumer);
  plane.resume();
  expect(data).toEqual(['meanwhile\n']);
  closeSync(writeFd);
});

test('new logs, streams and pools have numbers of their own, and logs of one path the same worker', async () => {
  const path = join(directory, 'log');
  const log = plane.openLog({ path, rotation: bySize(40, 3) });
  const before = log.snapshot();
  await interrupt(() => {});
  const [again, other] = [
    plane.openLog({ path, rotation: bySize(40, 3) }),
    plane.openLog({ path: join(directory, 'other'), rotation: bySize(0, 0) }),
  ];
  expect(new Set([before.number, again.number, other.number]).size).toBe(3);
  expect([again.thread.index, other.thread.index]).toEqual([before.worker, before.worker]);
  again.write(`${'x'.repeat(30)}\n`);
  plane.restoredLog(before).write(`${'y'.repeat(30)}\n`);
  await again.written();
  expect(readdirSync(directory).sort()).toEqual(['log', 'log.1', 'other']);
});

test('the stdin of a child goes on with what it has not read', async () => {
  const { readFd, writeFd } = createPipe('write');
  let stdin = new StdinPipe(writeFd, plane);
  const text = Array.from({ length: 30_000 }, (_, index) => `line ${index}\n`).join('');
  stdin.write(Buffer.from(text));
  const was = throughJson(stdin.snapshot());
  await interrupt(() => {
    if (was) stdin = StdinPipe.restore(was, plane);
  });
  let got = '';
  await eventually(
    () => {
      got += readNow(readFd);
      return got.length >= text.length;
    },
    { what: 'the child to read everything' },
  );
  expect(got).toBe(text);
  stdin.close();
  closeSync(readFd);
});

describe('a pool of event listeners', () => {
  const serials = new EventSerials();
  const logged: string[] = [];
  const say = (line: string) => void logged.push(line);
  const spec: PoolSpec = {
    ...{
      name: 'pool',
      bufferSize: 10,
      identifier: 'supervisor',
      listeners: ['a'],
      resultHandler: 'standard',
    },
    ...{ serials, log: { error: say, warn: say, debug: say, isEnabled: () => false } },
  };

  test('goes on with its events and listeners when it is opened again, and has the events since', async () => {
    const { readFd, writeFd: stdinFd } = createPipe('write');
    const stdout = createPipe('read');
    let pool = plane.openPool(spec, null);
    const listener = { pool: pool.number, listener: 'a', stdinFd };
    const consumer = { onData: null, onCapture: null };
    plane.attach(settingsOf(stdout.readFd, { listener }), consumer, null);
    pool.listenerIs('a', 'running');
    for (const data of ['first', 'second']) pool.accept({ type: 'REMOTE_COMMUNICATION', kind: '', data });
    let text = '';
    const gets = (data: string) =>
      eventually(
        () => {
          text += readNow(readFd);
          return text.endsWith(data);
        },
        { what: `the ${data} event` },
      );
    writeSync(stdout.writeFd, 'READY\n');
    await gets('first');
    writeSync(stdout.writeFd, 'RESU');
    await interrupt(() => {
      pool = plane.openPool(spec, null);
    });
    pool.accept({ type: 'REMOTE_COMMUNICATION', kind: '', data: 'third' });
    writeSync(stdout.writeFd, 'LT 2\nOKREADY\n');
    await gets('second');
    writeSync(stdout.writeFd, 'RESULT 2\nOKREADY\n');
    await gets('third');
    expect([...text.matchAll(/ serial:(\d) .*? poolserial:(\d) /g)].map(([, a, b]) => [a, b])).toEqual([
      ['0', '0'],
      ['1', '1'],
      ['2', '2'],
    ]);
    pool.close();
    for (const fd of [readFd, stdout.writeFd]) closeSync(fd);
  });

  test('learns that a listener is being stopped that ran before', async () => {
    const pool = plane.openPool(spec, null);
    pool.listenerIs('a', 'running');
    await interrupt(() => {
      plane.openPool(spec, null).listenerIs('a', 'notRunning');
    });
    const frozen = await plane.freeze();
    expect(frozen?.workers[0]?.worker.pools[0]?.listeners['a']).toEqual({ running: false, connection: null });
    plane = DataPlane.start(onTrouble, onTrouble);
  });
});

test('a data plane whose worker has exited has no snapshot', async () => {
  plane.openLog({ path: join(directory, 'log'), rotation: bySize(0, 0) });
  const first = await plane.freeze();
  expect(await plane.freeze()).toBeNull();
  expect(first).not.toBeNull();
  plane = DataPlane.start(onTrouble, onTrouble);
});
