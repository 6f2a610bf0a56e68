import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Utf8Chunks } from '../../../../src/logs/reading/utf8-chunks.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

describe('text cut anywhere', () => {
  test('comes out in pieces that are text each, and nothing is lost', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
        fc.array(fc.nat(), { maxLength: 10 }),
        (text, cuts) => {
          const bytes = Buffer.from(text);
          const points = [
            0,
            ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
            bytes.length,
          ];
          const border = new Utf8Chunks(false);
          const pieces = points
            .slice(1)
            .map((point, index) => border.push(bytes.subarray(points[index], point)));
          expect(pieces.map((piece) => strict.decode(piece)).join('')).toBe(text);
        },
      ),
    );
  });

  test('at its beginning loses the rest of the character it was cut in', () => {
    const border = new Utf8Chunks(true);
    expect(Buffer.from(border.push(Buffer.from('a€b').subarray(2))).toString()).toBe('b');
    expect(Buffer.from(border.push(Buffer.from('é').subarray(1)))).toEqual(Buffer.from([0xa9]));
  });

  test('waits for the rest of a character, but not for what can never become one', () => {
    const border = new Utf8Chunks(false);
    expect(Buffer.from(border.push(Buffer.from([0x61, 0xe2, 0x82]))).toString()).toBe('a');
    expect(Buffer.from(border.push(Buffer.from([0xac]))).toString()).toBe('€');
    expect(Buffer.from(border.push(Buffer.from([0x80, 0x80, 0x80, 0xff])))).toEqual(
      Buffer.from([0x80, 0x80, 0x80, 0xff]),
    );
  });
});
