// When streams are read, parked and ended: real pipes, logs and epoll, polled when the test says so.
import { afterAll, beforeEach, describe, expect, test } from 'bun:test';
import {
  closeSync,
  constants,
  existsSync,
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
import fc from 'fast-check';
import { type Program, StreamsStage } from './child-streams-stage.ts';

const directory = mkdtempSync(join(tmpdir(), 'tsv-streams-'));
afterAll(() => rmSync(directory, { recursive: true }));

const KiB = 1024;
/** The high watermark of forwarded bytes; reading resumes below half of it. */
const most = 512 * KiB;

let stage: StreamsStage;
beforeEach(() => {
  stage = new StreamsStage();
});

describe('a stream that the control plane gets', () => {
  test('is read while that has not too much to look at, and again when it has half of it', () => {
    const program = stage.attach(null, true);
    stage.flood(program, most + 32 * KiB);
    expect(stage.forwardedBytes(program)).toBe(most + 32 * KiB);
    stage.flood(program, 32 * KiB);
    stage.turn();
    expect(stage.forwardedBytes(program)).toBe(most + 32 * KiB);

    stage.streams.consumed(most / 2 + 32 * KiB);
    stage.turn();
    expect(stage.forwardedBytes(program)).toBe(most + 32 * KiB);
    stage.streams.consumed(1);
    stage.turn();
    expect(stage.forwardedBytes(program)).toBe(most + 64 * KiB);
    stage.close(program);
  });

  test('holds up no other one', () => {
    const path = join(directory, 'other.log');
    const [program, other] = [stage.attach(null, true), stage.attach(stage.openLog(path))];
    stage.flood(program, most + 64 * KiB);
    writeSync(other.writeFd, 'a line\n');
    stage.turn();
    expect(readFileSync(path, 'utf8')).toBe('a line\n');
    for (const each of [program, other]) stage.close(each);
  });

  test('is read to its end when it is drained, though it is parked, and is then forgotten', () => {
    const program = stage.attach(null, true);
    stage.flood(program, most + 64 * KiB);
    stage.close(program);
    stage.turn();
    expect(stage.ended).toEqual([]);
    stage.streams.drain(program.number);
    expect(stage.forwardedBytes(program)).toBe(most + 64 * KiB);
    stage.streams.drain(program.number);
    expect(stage.ended).toEqual([program.number]);

    // Its descriptor may be that of another one now, which is watched once and read once.
    const next = stage.attach(null, false);
    stage.streams.unpark();
    stage.streams.consumed(most + 64 * KiB);
    stage.close(next);
    stage.turn();
    expect(stage.ended).toEqual([program.number, next.number]);
    expect(stage.reports.filter(({ is }) => is === 'trouble')).toEqual([]);
  });
});

describe('a stream whose log has a slow reader', () => {
  test('is not read until that reads again, and no byte is lost or out of order', () => {
    const path = join(directory, 'fifo');
    Bun.spawnSync(['mkfifo', path]);
    const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const program = stage.attach(stage.openLog(path));
    // 64 KiB in the FIFO, one read beyond it, the rest in the pipe.
    const lines = Array.from({ length: 5 }, (_, number) => `${`${number}`.repeat(32 * KiB - 1)}\n`);
    for (const line of lines.slice(0, 3)) {
      writeSync(program.writeFd, line);
      stage.turn();
    }
    for (const line of lines.slice(3)) writeSync(program.writeFd, line);
    for (let turn = 0; turn < 5; turn += 1) stage.turn();
    expect(isWatched(program)).toBe(false);

    let text = '';
    const buffer = Buffer.alloc(64 * KiB);
    for (let turn = 0; text.length < 5 * 32 * KiB && turn < 50; turn += 1) {
      text += buffer.toString('utf8', 0, readOrNothing(reader, buffer));
      stage.turn();
    }
    expect(text).toBe(lines.join(''));
    expect(isWatched(program)).toBe(true);
    closeSync(reader);
    stage.close(program);
  });
});

describe('the beginning of a line, in a log of two streams', () => {
  const fresh = (name: string) => {
    const path = join(directory, name);
    const log = stage.openLog(path);
    return { path, one: stage.attach(log), two: stage.attach(log) };
  };

  test('waits for its end until its time is over', () => {
    const { path, one, two } = fresh('late.log');
    writeSync(one.writeFd, 'begun');
    stage.turn();
    writeSync(two.writeFd, 'a line\n');
    stage.turn();
    expect(readFileSync(path, 'utf8')).toBe('a line\n');
    const { deadline } = stage.streams;
    stage.streams.flushLate(deadline - 1);
    expect(readFileSync(path, 'utf8')).toBe('a line\n');
    stage.streams.flushLate(deadline);
    expect(readFileSync(path, 'utf8')).toBe('a line\nbegun');
    expect(stage.streams.deadline).toBe(Number.POSITIVE_INFINITY);
    for (const each of [one, two]) stage.close(each);
  });

  test('is no late one when its end is in the pipe already', () => {
    const { path, one, two } = fresh('in-time.log');
    writeSync(one.writeFd, 'begun, ');
    stage.turn();
    writeSync(one.writeFd, 'ended\n');
    stage.streams.flushLate(stage.streams.deadline);
    expect(readFileSync(path, 'utf8')).toBe('begun, ended\n');
    for (const each of [one, two]) stage.close(each);
  });
});

describe('a stream that awaits a line', () => {
  const line = { awaits: { kind: 'line', expression: '^ready$' } } as const;

  test('reports it once, also when it comes in two pieces, and everything is in the log', () => {
    const path = join(directory, 'awaited.log');
    const program = stage.attach(stage.openLog(path), false, line);
    for (const piece of ['loading\nrea', 'dy', '\nmore\n', 'ready\n']) {
      writeSync(program.writeFd, piece);
      stage.turn();
    }
    expect(stage.reports).toEqual([{ is: 'matched', stream: program.number }]);
    expect(readFileSync(path, 'utf8')).toBe('loading\nready\nmore\nready\n');
    stage.close(program);
  });

  test('does not take its last bytes without a newline for a line', () => {
    const program = stage.attach(null, false, line);
    writeSync(program.writeFd, 'ready');
    stage.close(program);
    for (let turn = 0; turn < 2; turn += 1) stage.turn();
    expect(stage.reports).toEqual([{ is: 'ended', stream: program.number }]);
  });

  test('reports nothing any more when it is told to stop, and goes on', () => {
    const path = join(directory, 'stopped.log');
    const program = stage.attach(stage.openLog(path), false, line);
    stage.streams.stopAwaiting(program.number);
    writeSync(program.writeFd, 'ready\n');
    stage.turn();
    expect(stage.reports).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe('ready\n');
    stage.close(program);
  });

  test('reads what is there in one turn, unless its expression is expensive', () => {
    // Without a period: each letter leads to a state that was not seen before.
    const letters = Array.from({ length: 32 * KiB - 1 }, (_, index) =>
      Math.sin(index ** 2) < 0 ? 'a' : 'b',
    );
    const text = `${letters.join('')}\n`;
    const readInOneTurn = (name: string, expression: string) => {
      const path = join(directory, name);
      const program = stage.attach(stage.openLog(path), false, { awaits: { kind: 'line', expression } });
      writeSync(program.writeFd, text);
      stage.turn();
      const bytes = readFileSync(path).length;
      for (let turn = 0; turn < 32; turn += 1) stage.turn();
      expect(readFileSync(path, 'utf8')).toBe(text);
      stage.close(program);
      return bytes;
    };
    expect(readInOneTurn('cheap.log', 'listening on [a-z]+$')).toBe(32 * KiB);
    expect(readInOneTurn('expensive.log', 'a[ab]{450}c')).toBeLessThan(4 * KiB);
  });
});

describe('a stream that awaits a newline', () => {
  const newline = { awaits: { kind: 'newline' } } as const;

  test('ignores what else is written, and is closed after the newline', () => {
    const program = stage.attach(null, false, newline);
    stage.flood(program, 256 * KiB);
    expect(stage.reports).toEqual([]);
    writeSync(program.writeFd, 'ready\n');
    stage.turn();
    expect(stage.reports).toEqual([
      { is: 'matched', stream: program.number },
      { is: 'ended', stream: program.number },
    ]);
    expect(() => writeSync(program.writeFd, 'more')).toThrow('EPIPE');
    stage.close(program);
  });

  test('just ends without one', () => {
    const program = stage.attach(null, false, newline);
    writeSync(program.writeFd, 'not yet');
    stage.close(program);
    stage.turn();
    stage.turn();
    expect(stage.reports).toEqual([{ is: 'ended', stream: program.number }]);
  });

  test('finds it when it is drained, and reads no other descriptor of its number then', () => {
    const program = stage.attach(null, false, newline);
    writeSync(program.writeFd, '\n');
    stage.streams.drain(program.number);
    stage.streams.drain(program.number);
    expect(stage.reports.map(({ is }) => is)).toEqual(['matched', 'ended']);
    stage.close(program);
  });

  test('is closed when it is told to stop', () => {
    const program = stage.attach(null, false, newline);
    stage.streams.stopAwaiting(program.number);
    expect(stage.ended).toEqual([program.number]);
    expect(() => writeSync(program.writeFd, 'more')).toThrow('EPIPE');
    stage.close(program);
  });
});

type Step =
  | { readonly do: 'write' | 'drain' | 'close'; readonly stream: 0 | 1 }
  | { readonly do: 'turn' }
  | { readonly do: 'consume' };

const either = fc.constantFrom<0 | 1>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('write' as const), stream: either }) },
  { weight: 8, arbitrary: fc.constant({ do: 'turn' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom<'drain' | 'close'>('drain', 'close'), stream: either }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'consume' } as const) },
);

/** Less than a pipe holds: no write has to wait. */
const pieceBytes = 60 * KiB;

/** Two streams that the control plane gets. */
class TwoStreams {
  readonly stage = new StreamsStage();
  readonly programs = [this.stage.attach(null, true), this.stage.attach(null, true)] as const;
  readonly written: [string, string] = ['', ''];
  #consumed = 0;

  get unconsumed(): number {
    return this.programs.reduce((sum, program) => sum + this.stage.forwardedBytes(program), -this.#consumed);
  }

  perform(wanted: Step): void {
    switch (wanted.do) {
      case 'turn':
        return this.stage.turn();
      case 'consume': {
        const bytes = this.unconsumed;
        this.#consumed += bytes;
        return this.stage.streams.consumed(bytes);
      }
      case 'drain':
        return this.stage.streams.drain(this.programs[wanted.stream].number);
      case 'close':
        return this.stage.close(this.programs[wanted.stream]);
      case 'write':
        return this.#write(wanted.stream);
    }
  }

  #write(stream: 0 | 1): void {
    const program = this.programs[stream];
    if (program.writeFd < 0 || this.stage.forwardedBytes(program) < this.written[stream].length) return;
    const letter = String.fromCharCode(97 + ((this.written[stream].length / pieceBytes) % 26));
    this.written[stream] += letter.repeat(pieceBytes);
    writeSync(program.writeFd, letter.repeat(pieceBytes));
  }
}

test('every byte is forwarded once and in order, never too many at once, whatever comes when', () => {
  let parked = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 160 }), (steps) => {
      const before = openDescriptors();
      const two = new TwoStreams();
      for (const wanted of steps) {
        const allowed = Math.max(
          most + 2 * pieceBytes,
          two.unconsumed + (wanted.do === 'drain' ? pieceBytes : 0),
        );
        two.perform(wanted);
        expect(two.unconsumed).toBeLessThanOrEqual(allowed);
        if (two.unconsumed > most) parked += 1;
      }
      for (const stream of [0, 1] as const) two.perform({ do: 'close', stream });
      for (let turn = 0; turn < 4; turn += 1) {
        two.perform({ do: 'consume' });
        two.perform({ do: 'turn' });
      }
      const [first, second] = two.programs;
      expect(two.stage.forwarded(first) === two.written[0]).toBe(true);
      expect(two.stage.forwarded(second) === two.written[1]).toBe(true);
      expect(two.stage.ended.toSorted()).toEqual([first.number, second.number]);
      // Those of its two epolls are the stage's.
      expect(openDescriptors() - before).toBeLessThanOrEqual(2);
    }),
    { numRuns: 50 },
  );
  expect(parked).toBeGreaterThan(0);
});

/** Whether an epoll instance of this process watches it for reading (proc(5), fdinfo). */
function isWatched({ readFd }: Program): boolean {
  return readdirSync('/proc/self/fdinfo')
    .flatMap((fd) => readOrEmpty(`/proc/self/fdinfo/${fd}`))
    .some((text) => new RegExp(`^tfd: +${readFd} `, 'm').test(text));
}

/** The descriptor of the listing is gone. */
function readOrEmpty(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** What can be read at once; 0 when that is nothing. */
function readOrNothing(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch {
    return 0;
  }
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
