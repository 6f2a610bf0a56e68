// Everything between the pipe of a child and its log, continued from a snapshot between any two chunks: the output is
// that of a run without interruption.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { LineStyle } from '../../../src/config/config.ts';
import { memoryOf } from '../../../src/linux/file.ts';
import { Capture } from '../../../src/logs/capture.ts';
import { LineBuffer } from '../../../src/logs/line-buffer.ts';
import { type LineFormatter, lineFormatter } from '../../../src/logs/line-formatter.ts';
import { AnsiStripper } from '../../../src/logs/strip-ansi.ts';

/** A part of the path of a log byte: what it gives for each chunk, and at the end. */
interface Part {
  take(chunk: Uint8Array): unknown;
  end(): unknown;
  /** Another one, continued from the snapshot of this one, which went through JSON. */
  continued(): Part;
}

const capture = (from: string | null = null): Part => {
  const part = new Capture(12);
  if (from !== null) part.restore(JSON.parse(from));
  const shown = (pieces: ReturnType<Capture['feed']>) =>
    pieces.map((piece) => ({ ...piece, bytes: latin1(piece.bytes) }));
  return {
    take: (chunk) => shown(part.feed(chunk)),
    end: () => shown(part.end()),
    continued: () => capture(JSON.stringify(part.snapshot())),
  };
};

const stripper = (from: string | null = null): Part => {
  const part = new AnsiStripper();
  if (from !== null) part.restore(JSON.parse(from));
  return {
    take: (chunk) => latin1(part.strip(chunk)),
    end: () => latin1(part.end()),
    continued: () => stripper(JSON.stringify(part.snapshot())),
  };
};

const lineBuffer = (from: string | null = null): Part => {
  let writes: string[] = [];
  const part = new LineBuffer(({ bytes }, start, end) => {
    writes.push(latin1(bytes.subarray(start, end)));
  });
  if (from !== null) part.restore(JSON.parse(from));
  const written = () => {
    const before = writes;
    writes = [];
    return before;
  };
  return {
    take: (chunk) => {
      part.add(memoryOf(chunk), 0, chunk.length, true);
      return written();
    },
    end: () => {
      part.flush();
      return written();
    },
    continued: () => lineBuffer(JSON.stringify(part.snapshot())),
  };
};

const source = { process: 'web', group: 'site', channel: 'stdout', pid: 7 } as const;
const noon = Date.UTC(2026, 0, 2, 12);
/** The wall clock of the chunks is set back now and then: times in a log never decrease. */
const clock = [0, 1000, 5000, 2000, 3000, 7000];

function formatter(style: LineStyle, turn = 0, from: string | null = null): Part {
  const part = formatterOf(style);
  if (from !== null) part.restore(JSON.parse(from));
  let chunks = turn;
  const now = () => noon + (clock[chunks % clock.length] ?? 0);
  return {
    take: (chunk) => {
      const written = latin1(part.add(chunk, now()));
      chunks += 1;
      return [written, part.pending];
    },
    end: () => latin1(part.flush(now())),
    continued: () => formatter(style, chunks, JSON.stringify(part.snapshot())),
  };
}

function formatterOf(style: LineStyle): LineFormatter {
  const made = lineFormatter(style, source);
  if (!made) throw new Error('lines are not formatted');
  return made;
}

const parts: readonly (readonly [string, () => Part])[] = [
  ['capture mode', capture],
  ['strip_ansi', stripper],
  ['a line buffer', lineBuffer],
  ['lines with the time', () => formatter({ format: 'raw', timestamp: '%S' })],
  ['lines as JSON', () => formatter({ format: 'json', timestamp: null })],
  ['lines as JSON with a format of time', () => formatter({ format: 'json', timestamp: '%S' })],
  ['lines as logfmt', () => formatter({ format: 'logfmt', timestamp: null })],
];

/** What it gives for each chunk and at the end; `interrupted`: continued from a snapshot before each chunk and the end. */
function outputs(first: Part, chunks: readonly Uint8Array[], interrupted: boolean): readonly unknown[] {
  let part = first;
  const next = () => {
    part = interrupted ? part.continued() : part;
    return part;
  };
  const pieces = chunks.map((chunk) => next().take(chunk));
  return [...pieces, next().end()];
}

const begin = '<!--XSUPERVISOR:BEGIN-->';
const end = '<!--XSUPERVISOR:END-->';
const output = Buffer.from(
  `one line\n\x1b[31mred\x1b[0m and \x1b\x1b[Kü\n${begin}an event, long\n${end}tail <!--XSUP\nhalf ${begin}x`,
);

const pieces = fc.array(
  fc
    .array(
      fc.oneof(
        fc.constantFrom(begin, end, begin.slice(0, 9), end.slice(0, 20), '\x1b', '\x1b[3', 'm', '\n', 'ü'),
        fc.string(),
      ),
      { maxLength: 4 },
    )
    .map((texts) => Buffer.from(texts.join(''))),
  { maxLength: 8 },
);

describe.each(parts)('%s, continued from a snapshot', (_, make) => {
  test('at any one byte of its input, gives what it would have given', () => {
    for (let at = 0; at <= output.length; at += 1) {
      const chunks = [output.subarray(0, at), output.subarray(at)];
      expect(outputs(make(), chunks, true)).toEqual(outputs(make(), chunks, false));
    }
  });

  test('after every byte, gives what it would have given', () => {
    const bytes = [...output].map((byte) => Uint8Array.of(byte));
    expect(outputs(make(), bytes, true)).toEqual(outputs(make(), bytes, false));
  });

  test('between any chunks, gives what it would have given', () => {
    fc.assert(
      fc.property(pieces, (chunks) => {
        expect(outputs(make(), chunks, true)).toEqual(outputs(make(), chunks, false));
      }),
    );
  });
});

test('an unfinished line waits no longer after a snapshot', () => {
  const [before, after] = [new LineBuffer(() => {}), new LineBuffer(() => {})];
  before.add(memoryOf(Buffer.from('begin')), 0, 5, true);
  after.restore(JSON.parse(JSON.stringify(before.snapshot())));
  expect(after.deadline).toBeCloseTo(before.deadline ?? 0, 3);
});

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
