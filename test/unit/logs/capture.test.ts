import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Capture, type CapturePiece } from '../../../src/logs/capture.ts';

const begin = '<!--XSUPERVISOR:BEGIN-->';
const end = '<!--XSUPERVISOR:END-->';

interface Seen {
  readonly log: string;
  readonly inside: string;
  readonly events: readonly string[];
}

/** Everything that came out, whatever the pieces were. */
function seen(pieces: readonly CapturePiece[]): Seen {
  const textOf = (inside: boolean): string =>
    pieces
      .flatMap((piece) => (piece.is === 'text' && piece.inside === inside ? [latin1(piece.bytes)] : []))
      .join('');
  const events = pieces.flatMap((piece) => (piece.is === 'captured' ? [latin1(piece.bytes)] : []));
  return { log: textOf(false), inside: textOf(true), events };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function captureAll(chunks: readonly string[], maxBytes = 1000): Seen {
  const capture = new Capture(maxBytes);
  const pieces = chunks.flatMap((chunk) => capture.feed(Buffer.from(chunk, 'latin1')));
  return seen([...pieces, ...capture.end()]);
}

/** Output that looks like tokens, or nearly. */
const outputs = fc
  .array(
    fc.oneof(fc.constantFrom(begin, end, begin.slice(0, 9), end.slice(0, 20), '<', '<!--'), fc.string()),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));

function cutAt(text: string, cuts: readonly number[]): string[] {
  const borders = [...new Set([0, ...cuts.map((cut) => cut % (text.length + 1)), text.length])].sort(
    (a, b) => a - b,
  );
  return borders.slice(1).map((border, index) => text.slice(borders[index], border));
}

describe('capture mode', () => {
  test('keeps the text between the tokens out of the log and makes it an event', () => {
    expect(captureAll([`a${begin}b${end}c`])).toEqual({ log: 'ac', inside: 'b', events: ['b'] });
  });

  test('makes an event of nothing too, and of every pair in one chunk', () => {
    expect(captureAll([`${begin}${end}${begin}x${end}`]).events).toEqual(['', 'x']);
  });

  test('takes a beginning inside and an end outside for text', () => {
    expect(captureAll([`${end}${begin}${begin}${end}`])).toEqual({
      log: end,
      inside: begin,
      events: [begin],
    });
  });

  test('logs a short last piece at once when it cannot begin a token', () => {
    expect(seen(new Capture(10).feed(Buffer.from('hi\n'))).log).toBe('hi\n');
  });

  test('holds back only what may be the beginning of a token', () => {
    expect(seen(new Capture(10).feed(Buffer.from('hi <!--'))).log).toBe('hi ');
  });

  test('logs what was held back when the stream ends', () => {
    expect(captureAll(['hi <!--']).log).toBe('hi <!--');
  });

  test('drops an unfinished capture', () => {
    expect(captureAll([`a${begin}b`]).events).toEqual([]);
  });

  test('keeps a single piece above the limit whole', () => {
    expect(captureAll([`${begin}${'A'.repeat(40)}${end}`], 20).events).toEqual(['A'.repeat(40)]);
  });

  test('drops as much from the front as the piece that does not fit is long', () => {
    const chunks = [`${begin}${'A'.repeat(28)}`, 'B'.repeat(6), end];
    expect(captureAll(chunks, 20).events).toEqual([`${'A'.repeat(22)}${'B'.repeat(6)}`]);
  });

  test('drops the capture when the log is cleared, and continues capturing', () => {
    const capture = new Capture(100);
    capture.feed(Buffer.from(`${begin}old`));
    capture.clear();
    expect(seen(capture.feed(Buffer.from(`new${end}`))).events).toEqual(['new']);
  });

  test('gives the same for every way of cutting the output into chunks', () => {
    fc.assert(
      fc.property(outputs, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
        const bytes = Buffer.from(text).toString('latin1');
        expect(captureAll(cutAt(bytes, cuts), 1e6)).toEqual(captureAll([bytes], 1e6));
      }),
    );
  });

  test('loses no byte: log, events and tokens make up the output', () => {
    fc.assert(
      fc.property(outputs, (text) => {
        const { log, inside, events } = captureAll([text], 1e6);
        const bytes = Buffer.byteLength(text, 'latin1');
        const unfinished = inside.length - events.join('').length;
        const pairs = events.length * (begin.length + end.length);
        const open = bytes - log.length - inside.length - pairs;
        expect([0, begin.length]).toContain(open);
        if (open === 0) expect(unfinished).toBe(0);
      }),
    );
  });
});
