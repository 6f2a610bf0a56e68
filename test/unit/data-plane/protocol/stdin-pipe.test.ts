// The stdin of a child, a real pipe, continued from a snapshot while the child has not taken everything.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { closeSync, fstatSync, readSync } from 'node:fs';
import fc from 'fast-check';
import { StdinPipe, type WritableWatch } from '../../../../src/data-plane/protocol/stdin-pipe.ts';
import { createPipe, type Pipe, pipeCapacity } from '../../../../src/linux/pipe.ts';

/** Calls back when the test says so. */
class Watch implements WritableWatch {
  readonly #callbacks = new Map<number, () => void>();

  whenWritable(fd: number, callback: () => void): void {
    this.#callbacks.set(fd, callback);
  }

  forgetWritable(fd: number): void {
    this.#callbacks.delete(fd);
  }

  get watched(): readonly number[] {
    return [...this.#callbacks.keys()];
  }

  callBack(): void {
    for (const [fd, callback] of [...this.#callbacks]) {
      this.#callbacks.delete(fd);
      callback();
    }
  }
}

let ends: Pipe;
let watch: Watch;
let stdin: StdinPipe;

beforeEach(() => open());
afterEach(() => close());

function open(): void {
  ends = createPipe('write');
  watch = new Watch();
  stdin = new StdinPipe(ends.writeFd, watch);
}

function close(): void {
  stdin.close();
  closeSync(ends.readFd);
}

/** Through JSON; the watch of the one before is gone with it. */
function interrupt(): void {
  const written = JSON.stringify(stdin.snapshot());
  watch = new Watch();
  stdin = StdinPipe.restore(JSON.parse(written), watch);
}

/** What the child reads, at most `bytes`. The pipe must not be empty. */
function read(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  return buffer.subarray(0, readSync(ends.readFd, buffer));
}

function readRest(bytes: number): Buffer {
  const pieces: Buffer[] = [];
  for (let left = bytes; left > 0; watch.callBack()) {
    const piece = read(left);
    pieces.push(piece);
    left -= piece.length;
  }
  return Buffer.concat(pieces);
}

describe('the stdin of a child, continued from a snapshot', () => {
  test('has the bytes that its reader has not taken, in the same pipe, and waits for it', () => {
    const bytes = numbered(3 * pipeCapacity(ends.writeFd));
    stdin.write(bytes);
    expect(stdin.snapshot()?.pending.length).toBeGreaterThan(0);
    interrupt();
    expect(watch.watched).toEqual([ends.writeFd]);
    stdin.write(Buffer.from('more'));
    const got = readRest(bytes.length + 4);
    expect(got.equals(Buffer.concat([bytes, Buffer.from('more')]))).toBe(true);
    expect(watch.watched).toEqual([]);
  });

  test('writes at once what its reader has made room for meanwhile', () => {
    const bytes = numbered(2 * pipeCapacity(ends.writeFd));
    stdin.write(bytes);
    const first = read(pipeCapacity(ends.writeFd));
    interrupt();
    expect(watch.watched).toEqual([]);
    expect(Buffer.concat([first, readRest(bytes.length - first.length)]).equals(bytes)).toBe(true);
  });

  test('without anything pending watches nothing', () => {
    stdin.write(Buffer.from('words'));
    interrupt();
    expect(watch.watched).toEqual([]);
    expect(read(10).toString()).toBe('words');
  });

  test('is none when it was closed, and closes its pipe when it is', () => {
    interrupt();
    stdin.close();
    expect(stdin.snapshot()).toBeNull();
    expect(() => fstatSync(ends.writeFd)).toThrow('EBADF');
  });

  test('gives every byte once and in order, whenever it is written, read and interrupted', () => {
    const act = fc.oneof(
      fc.record({ do: fc.constant('write' as const), bytes: fc.integer({ min: 0, max: 100_000 }) }),
      fc.record({ do: fc.constant('read' as const), bytes: fc.integer({ min: 1, max: 100_000 }) }),
      fc.record({ do: fc.constant('interrupt' as const) }),
    );
    let pending = 0;
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        close();
        open();
        const [sent, got]: [Buffer[], Buffer[]] = [[], []];
        const left = () => lengthOf(sent) - lengthOf(got);
        for (const each of acts) {
          if (each.do === 'write') {
            sent.push(numbered(each.bytes));
            stdin.write(numbered(each.bytes));
          } else if (each.do === 'interrupt') {
            pending += stdin.snapshot()?.pending.length ?? 0;
            interrupt();
          } else if (left() > 0) {
            got.push(read(each.bytes));
            watch.callBack();
          }
        }
        got.push(readRest(left()));
        expect(Buffer.concat(got).equals(Buffer.concat(sent))).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(pending).toBeGreaterThan(0);
  });
});

/** Bytes of which no two places look alike. */
function numbered(bytes: number): Buffer {
  const numbers = Uint32Array.from({ length: Math.ceil(bytes / 4) }, (_, index) => index);
  return Buffer.from(numbers.buffer, 0, bytes);
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
