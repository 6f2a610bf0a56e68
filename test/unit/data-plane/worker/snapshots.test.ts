// A worker continued from a snapshot, on real pipes and logs: logs, events and main thread get what they would have got.
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { LineStyle } from '../../../../src/config/config.ts';
import type { StreamSettings } from '../../../../src/data-plane/protocol/messages.ts';
import type { OpenPoolCommand } from '../../../../src/data-plane/protocol/pool-commands.ts';
import { createPipe } from '../../../../src/linux/pipe.ts';
import { bySize } from '../../../../src/logs/rotation.ts';
import { StreamsStage } from './child-streams-stage.ts';

// Much work on a busy machine.
setDefaultTimeout(60_000);

const directory = mkdtempSync(join(tmpdir(), 'tsv-snapshots-'));
afterAll(() => rmSync(directory, { recursive: true }));

let runs = 0;
/** A new directory of the test. */
function fresh(): string {
  runs += 1;
  const path = join(directory, String(runs));
  mkdirSync(path);
  return path;
}

function filesIn(path: string): Record<string, string> {
  const names = readdirSync(path).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

const source = { process: 'web', group: 'site', channel: 'stdout', pid: 7 } as const;
const linesIn = (style: LineStyle): Partial<StreamSettings> => ({ lines: { style, source } });
/** A directive that is none: the same in every run. */
const timestamp = '%Q';

const awaiting = (expression: string): Partial<StreamSettings> => ({ awaits: { kind: 'line', expression } });
const everything: Partial<StreamSettings> = {
  ...{ captureMaxBytes: 100, stripAnsi: true },
  ...awaiting('^half a  line$'),
  ...linesIn({ format: 'logfmt', timestamp }),
};
const kinds: readonly (readonly [string, Partial<StreamSettings>])[] = [
  ['as it is', {}],
  ['with captures', { captureMaxBytes: 100 }],
  ['without ANSI sequences', { stripAnsi: true }],
  ['with the time', linesIn({ format: 'raw', timestamp })],
  ['while a line is awaited', awaiting('^<!--.*\\bline$')],
  ['as JSON', linesIn({ format: 'json', timestamp })],
];

const output =
  'one line\n\x1b[31mred\x1b[0m\nhalf a <!--XSUPERVISOR:BEGIN-->captured\n<!--XSUPERVISOR:END--> line\nend';

/** What comes of writing these pieces by turns into two streams of one rotated log. */
function outcome(
  settings: Partial<StreamSettings>,
  pieces: readonly string[],
  interrupted: boolean,
): unknown {
  const path = fresh();
  let stage = new StreamsStage();
  const log = stage.openLog(join(path, 'log'), bySize(40, 20));
  const programs = [0, 1].map(() => stage.attach(log, true, settings));
  for (const piece of pieces) {
    for (const { writeFd } of programs) {
      if (interrupted) stage = stage.continued();
      writeSync(writeFd, piece);
      stage.turn();
    }
  }
  for (const program of programs) {
    if (interrupted) stage = stage.continued();
    stage.close(program);
    stage.turn();
  }
  expect(stage.ended).toEqual(programs.map(({ number }) => number));
  const reports = stage.reports.map((report) =>
    'bytes' in report ? { ...report, bytes: Buffer.from(report.bytes).toString('latin1') } : report,
  );
  return { files: filesIn(path), reports };
}

describe('output in a worker continued from a snapshot', () => {
  test('is the same between any two bytes', () => {
    for (let at = 1; at < output.length; at += 1) {
      const pieces = [output.slice(0, at), output.slice(at)];
      expect(outcome(everything, pieces, true)).toEqual(outcome(everything, pieces, false));
    }
  });

  test.each(kinds)('is the same that is logged %s, between pieces of any length', (_, settings) => {
    const lengths = fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(lengths, (wanted) => {
        let rest = output;
        const pieces = wanted.flatMap((length) => {
          const piece = rest.slice(0, length);
          rest = rest.slice(length);
          return piece === '' ? [] : [piece];
        });
        expect(outcome(settings, pieces, true)).toEqual(outcome(settings, pieces, false));
      }),
      { numRuns: 5 },
    );
  });
});

describe('a worker continued from a snapshot', () => {
  test('finds the line that is awaited, whose beginning it has not seen, once', () => {
    let stage = new StreamsStage();
    const program = stage.attach(null, false, awaiting('^caf\u00e9 ready$'));
    for (const byte of Buffer.from('caf\u00e9 ready\ncaf\u00e9 ready\n')) {
      stage = stage.continued();
      writeSync(program.writeFd, Buffer.of(byte));
      stage.turn();
    }
    expect(stage.reports).toEqual([{ is: 'matched', stream: program.number }]);
    stage.close(program);
  });

  test('waits for a newline on a descriptor, and closes it then', () => {
    const first = new StreamsStage();
    const program = first.attach(null, false, { awaits: { kind: 'newline' } });
    writeSync(program.writeFd, 'not yet');
    first.turn();
    const second = first.continued();
    writeSync(program.writeFd, '\n');
    second.turn();
    expect(second.reports.map(({ is }) => is)).toEqual(['matched', 'ended']);
    second.close(program);
  });

  test('reads what was written while there was none', () => {
    const path = fresh();
    const first = new StreamsStage();
    const program = first.attach(first.openLog(join(path, 'log')));
    writeSync(program.writeFd, 'in the pipe\n');
    const second = first.continued();
    expect(filesIn(path)).toEqual({ log: '' });
    second.turn();
    expect(filesIn(path)).toEqual({ log: 'in the pipe\n' });
    second.close(program);
  });

  test('writes the rest of a line when its time is over, which began before', () => {
    const path = fresh();
    const first = new StreamsStage();
    const log = first.openLog(join(path, 'log'));
    const [one, two] = [first.attach(log), first.attach(log)];
    writeSync(one.writeFd, 'begun');
    first.turn();
    const { deadline } = first.streams;
    const second = first.continued();
    expect(second.streams.deadline).toBeCloseTo(deadline, 3);
    second.streams.flushLate(second.streams.deadline);
    expect(filesIn(path)).toEqual({ log: 'begun' });
    for (const each of [one, two]) second.close(each);
  });

  test('writes a partial record when its time is over, which began before', () => {
    const path = fresh();
    const first = new StreamsStage();
    const style = { format: 'json', timestamp } as const;
    const program = first.attach(first.openLog(join(path, 'log')), false, linesIn(style));
    writeSync(program.writeFd, 'begun');
    first.turn();
    const { deadline } = first.streams;
    const second = first.continued();
    expect(second.streams.deadline).toBeCloseTo(deadline, 3);
    second.streams.flushLate(second.streams.deadline);
    expect(JSON.parse(readFileSync(join(path, 'log'), 'utf8'))).toMatchObject({
      partial: true,
      message: 'begun',
    });
    second.close(program);
  });

  test('closes a file with its last reference, whichever kept it open', () => {
    const path = join(fresh(), 'log');
    const openFiles = () =>
      Bun.spawnSync(['find', `/proc/${process.pid}/fd`, '-lname', path])
        .stdout.toString()
        .split('\n').length - 1;
    const first = new StreamsStage();
    const [log, again] = [first.openLog(path), first.openLog(path)];
    const program = first.attach(log);
    first.logs.forget(log);
    const second = first.continued();
    second.logs.forget(again);
    const third = second.continued();
    expect(third.logs.get(again)).toBeNull();
    writeSync(program.writeFd, 'last words\n');
    third.turn();
    expect([readFileSync(path, 'utf8'), openFiles()]).toEqual(['last words\n', 1]);
    third.close(program);
    third.turn();
    expect(openFiles()).toBe(0);
  });

  test('writes one file for all logs of one path, and a new one of that path joins them', () => {
    const path = fresh();
    const first = new StreamsStage();
    const one = first.attach(first.openLog(join(path, 'log')));
    const second = first.continued();
    const two = second.attach(second.openLog(join(path, 'log')));
    renameSync(join(path, 'log'), join(path, 'log.moved'));
    second.openLog(join(path, 'log'));
    for (const { writeFd } of [one, two]) writeSync(writeFd, 'a line\n');
    second.turn();
    expect(filesIn(path)).toEqual({ log: 'a line\na line\n', 'log.moved': '' });
    for (const each of [one, two]) second.close(each);
  });

  test('rotates a log on its schedule', () => {
    const hour = (new Date().getHours() + 12) % 24;
    const first = new StreamsStage();
    const rotation = { ...bySize(0, 2), schedule: { every: 'day', hour, minute: 0 } } as const;
    first.openLog(join(fresh(), 'log'), rotation);
    const { nextRotation } = first.logs;
    expect(nextRotation).not.toBeNull();
    expect(first.continued().logs.nextRotation).toBe(nextRotation);
  });

  test('gives a slow reader every byte in order, also of a log that was released meanwhile', () => {
    const path = join(fresh(), 'fifo');
    Bun.spawnSync(['mkfifo', path]);
    const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    let stage = new StreamsStage();
    const log = stage.openLog(path);
    const program = stage.attach(log);
    const lines = Array.from({ length: 3 }, (_, index) => `${`${index}`.repeat(32 * 1024 - 1)}\n`);
    for (const line of lines) {
      writeSync(program.writeFd, line);
      stage.turn();
      stage = stage.continued();
    }
    stage.close(program);
    stage.streams.drain(program.number);
    stage.streams.drain(program.number);
    stage.logs.forget(log);
    stage = stage.continued();
    expect(stage.ended).toEqual([program.number]);
    let text = '';
    const buffer = Buffer.alloc(64 * 1024);
    for (let turn = 0; text.length < 3 * 32 * 1024 && turn < 50; turn += 1) {
      text += buffer.toString('utf8', 0, readSync(reader, buffer));
      stage.turn();
    }
    expect(text).toBe(lines.join(''));
    expect(stage.logs.snapshot()).toEqual({ open: [], released: [] });
    closeSync(reader);
  });
});

describe('an event listener of a worker continued from a snapshot', () => {
  const opening: OpenPoolCommand = {
    ...{ do: 'openPool', pool: 1, name: 'pool', bufferSize: 10, identifier: 'supervisor' },
    ...{ listeners: ['listener'], resultHandler: 'standard', debug: false },
  };

  /** A listener and the test's ends of its pipes. */
  function listening(stage: StreamsStage) {
    const { readFd, stdinFd } = stdinPipe();
    stage.pools.execute(opening);
    const settings = { listener: { pool: 1, listener: 'listener', stdinFd } };
    const program = stage.attach(null, false, settings);
    stage.pools.execute({ do: 'listenerIs', pool: 1, listener: 'listener', now: 'running' });
    return { program, readFd };
  }

  /** Its read end is non-blocking, so that a test that expects more than there is fails. */
  function stdinPipe() {
    const { readFd: blocking, writeFd: stdinFd } = createPipe('write');
    const readFd = openSync(`/proc/self/fd/${blocking}`, constants.O_RDONLY | constants.O_NONBLOCK);
    closeSync(blocking);
    return { readFd, stdinFd };
  }

  const event = (stage: StreamsStage, serial: number, payload: string) =>
    stage.pools.execute({ do: 'event', pool: 1, event: { serial, name: 'TICK_5', payload } });

  /** What it is sent when it says all this, byte by byte. */
  function sent(says: string, interrupted: boolean): string {
    let stage = new StreamsStage();
    const { program, readFd } = listening(stage);
    for (const serial of [0, 1, 2]) event(stage, serial, `when:${serial}`);
    let text = '';
    const buffer = Buffer.alloc(64 * 1024);
    for (const byte of says) {
      if (interrupted) stage = stage.continued();
      writeSync(program.writeFd, byte);
      stage.turn();
    }
    stage.pools.execute({ do: 'closePool', pool: 1 });
    for (let count = readSync(readFd, buffer); count > 0; count = readSync(readFd, buffer)) {
      text += buffer.toString('utf8', 0, count);
    }
    closeSync(readFd);
    stage.close(program);
    return text;
  }

  test.each([
    'READY\nRESULT 2\nOKREADY\nRESULT 2\nOKREADY\n',
    'READY\nRESULT 4\nFAILREADY\nRESULT 2\nOKREADY\n',
    'READY\nRESULT x\nREADY\n',
  ])('between any two bytes of %j, gets the same events', (says) => {
    const uninterrupted = sent(says, false);
    expect(uninterrupted).toContain('eventname:TICK_5');
    expect(sent(says, true)).toBe(uninterrupted);
  });

  test('has an event of which it has read only the beginning', () => {
    const first = new StreamsStage();
    const { program, readFd } = listening(first);
    writeSync(program.writeFd, 'READY\n');
    first.turn();
    const payload = 'x'.repeat(200_000);
    event(first, 0, payload);
    const second = first.continued();
    let text = '';
    const buffer = Buffer.alloc(64 * 1024);
    while (!text.endsWith(payload)) {
      text += buffer.toString('utf8', 0, readSync(readFd, buffer));
      second.turn();
    }
    expect(text).toStartWith('ver:3.0 server:supervisor serial:0 pool:pool poolserial:0 ');
    expect(text.length).toBe(text.indexOf('\n') + 1 + payload.length);
    closeSync(readFd);
    second.close(program);
  });

  test('is sent a rejected event again, though it says nothing more', () => {
    const first = new StreamsStage();
    const { program, readFd } = listening(first);
    event(first, 0, 'when:0');
    // Sent again at once after the first rejection, later after the second.
    for (const says of ['READY\n', 'RESULT 4\nFAILREADY\n', 'RESULT 4\nFAILREADY\n']) {
      writeSync(program.writeFd, says);
      first.turn();
    }
    first.continued().pools.execute({ do: 'closePool', pool: 1 });
    const buffer = Buffer.alloc(64 * 1024);
    const text = buffer.toString('utf8', 0, readSync(readFd, buffer));
    expect(text.match(/poolserial:0 /g)).toHaveLength(3);
    closeSync(readFd);
    closeSync(program.writeFd);
  });

  test('has its result printed into the same log', () => {
    const path = join(fresh(), 'printed');
    const first = new StreamsStage();
    const printed = first.openLog(path);
    first.pools.execute({ ...opening, resultHandler: 'print' });
    const { readFd, stdinFd } = stdinPipe();
    const program = first.attach(null, false, { listener: { pool: 1, listener: 'listener', stdinFd } });
    first.pools.execute({ do: 'listenerIs', pool: 1, listener: 'listener', now: 'running' });
    first.pools.execute({ do: 'printTo', pool: 1, log: printed });
    event(first, 0, 'when:0');
    writeSync(program.writeFd, 'READY\n');
    first.turn();
    const second = first.continued();
    writeSync(program.writeFd, 'RESULT 6\nresult');
    second.turn();
    expect(readFileSync(path, 'utf8')).toBe('result\n');
    closeSync(readFd);
    second.close(program);
  });

  test('is not mistaken for an orphan of its predecessor that has its descriptor', () => {
    const first = new StreamsStage();
    const orphan = listening(first);
    first.pools.execute({ do: 'listenerIs', pool: 1, listener: 'listener', now: 'ended' });
    closeSync(orphan.readFd);
    // The stdin of the next child gets the number of the orphan's, which was closed.
    const { readFd, stdinFd } = stdinPipe();
    const next = first.attach(null, false, { listener: { pool: 1, listener: 'listener', stdinFd } });
    first.pools.execute({ do: 'listenerIs', pool: 1, listener: 'listener', now: 'running' });
    const second = first.continued();
    event(second, 0, 'when:0');
    writeSync(orphan.program.writeFd, 'nonsense\n');
    second.turn();
    writeSync(next.writeFd, 'READY\n');
    second.turn();
    const buffer = Buffer.alloc(1024);
    expect(buffer.toString('utf8', 0, readSync(readFd, buffer))).toEndWith('when:0');
    closeSync(readFd);
    for (const each of [orphan.program, next]) second.close(each);
  });
});
