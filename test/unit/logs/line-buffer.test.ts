import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { memoryOf } from '../../../src/linux/file.ts';
import { LineBuffer } from '../../../src/logs/line-buffer.ts';

/** What several streams of one file write, in the order in which the chunks come. */
function written(chunks: readonly (readonly [stream: number, text: string])[], shared = true): string[] {
  const writes: string[] = [];
  const streams = new Map<number, LineBuffer>();
  for (const [number, text] of chunks) {
    const stream =
      streams.get(number) ??
      new LineBuffer((memory, start, end) => {
        writes.push(Buffer.from(memory.bytes.subarray(start, end)).toString());
      });
    streams.set(number, stream);
    const memory = memoryOf(Buffer.from(text));
    stream.add(memory, 0, memory.bytes.length, shared);
  }
  for (const stream of streams.values()) stream.flush();
  return writes;
}

describe('several streams in one file', () => {
  test('keep the beginning of a line until its end has come', () => {
    expect(
      written([
        [1, 'one\ntw'],
        [2, 'other\n'],
        [1, 'o\n'],
      ]),
    ).toEqual(['one\n', 'other\n', 'two\n']);
  });

  test('write a last line without its newline when they end', () => {
    expect(written([[1, 'no newline']])).toEqual(['no newline']);
  });

  test('write what one alone writes as it comes', () => {
    expect(
      written(
        [
          [1, 'no new'],
          [1, 'line'],
        ],
        false,
      ),
    ).toEqual(['no new', 'line']);
  });

  test('do not keep more than a mebibyte of one line', () => {
    const piece = 'x'.repeat(600 * 1024);
    expect(
      written([
        [1, piece],
        [1, piece],
        [1, 'end\n'],
      ]).map((text) => text.length),
    ).toEqual([2 * piece.length, 4]);
  });

  test('have a deadline only while something is kept', () => {
    const stream = new LineBuffer(() => {});
    const memory = memoryOf(Buffer.from('begin'));
    expect(stream.deadline).toBeNull();
    stream.add(memory, 0, 5, true);
    expect(stream.deadline).toBeGreaterThan(performance.now());
    stream.flush();
    expect(stream.deadline).toBeNull();
  });

  test('never tear a line that was written whole, and lose nothing, however the reads are cut', () => {
    const line = fc
      .string({ unit: 'grapheme-ascii', maxLength: 30 })
      .map((text) => `${text.replaceAll('\n', ' ')}\n`);
    const reads = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 40 })));
    fc.assert(
      fc.property(fc.array(fc.array(line), { minLength: 3, maxLength: 3 }), reads, (lines, cuts) => {
        const left = lines.map((own, index) => own.map((text) => `${index}${text}`).join(''));
        const chunks: [number, string][] = [];
        const take = (stream: number, length: number): void => {
          const text = left[stream] ?? '';
          if (text !== '') chunks.push([stream, text.slice(0, length)]);
          left[stream] = text.slice(length);
        };
        for (const [stream, length] of cuts) take(stream, length);
        for (const stream of [0, 1, 2]) take(stream, Number.POSITIVE_INFINITY);
        const result = written(chunks).join('').split('\n').sort();
        const expected = lines.flatMap((own, index) => own.map((text) => `${index}${text.slice(0, -1)}`));
        expect(result).toEqual([...expected, ''].sort());
      }),
    );
  });
});
