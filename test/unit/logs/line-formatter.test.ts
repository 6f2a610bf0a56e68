import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { LineStyle } from '../../../src/config/config.ts';
import { type LineFormatter, lineFormatter, logfmt } from '../../../src/logs/line-formatter.ts';

const source = { process: 'web', group: 'site', channel: 'stdout', pid: 7 } as const;
const noon = Date.UTC(2026, 0, 2, 12);

function formatter(style: LineStyle): LineFormatter {
  const made = lineFormatter(style, source);
  if (!made) throw new Error('lines are not formatted');
  return made;
}

/** Everything that is written for chunks that come a second apart. */
function written(style: LineStyle, ...chunks: readonly string[]): string {
  const lines = formatter(style);
  const pieces = chunks.map((chunk, index) => lines.add(Buffer.from(chunk), noon + index * 1000));
  return Buffer.concat([...pieces, lines.flush(noon + chunks.length * 1000)]).toString();
}

const seconds: LineStyle = { format: 'raw', timestamp: '%S' };
const json: LineStyle = { format: 'json', timestamp: null };

describe('lines as they are', () => {
  test('need no formatter', () => {
    expect(lineFormatter({ format: 'raw', timestamp: null }, source)).toBeNull();
  });
});

describe('lines with the time', () => {
  test('have it in front of each', () => {
    expect(written(seconds, 'a\nb\n\nc\n')).toBe('00 a\n00 b\n00 \n00 c\n');
  });

  test('have the time at which they began, once, when they come in pieces', () => {
    expect(written(seconds, 'a', 'b\nc', 'd', '\ne\n')).toBe('00 ab\n01 cd\n03 e\n');
  });

  test('keep their bytes, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ max: 12 })), (chunks) => {
        const lines = formatter({ format: 'raw', timestamp: '%%' });
        const text = Buffer.concat(chunks.map((chunk) => lines.add(chunk, noon))).toString('latin1');
        expect(text.replace(/^% /gm, '')).toBe(Buffer.concat(chunks).toString('latin1'));
      }),
    );
  });
});

describe('lines as JSON', () => {
  test('name their source', () => {
    expect(JSON.parse(written(json, 'hello "you"\n'))).toEqual({
      ...{ time: '2026-01-02T12:00:00.000Z', process: 'web', group: 'site', stream: 'stdout', pid: 7 },
      message: 'hello "you"',
    });
  });

  test('are one object a line', () => {
    const messages = written(json, 'a\nb', 'c\n').split('\n');
    expect(messages.pop()).toBe('');
    expect(messages.map((line) => JSON.parse(line).message)).toEqual(['a', 'bc']);
  });

  test('have the time in the format that was asked for', () => {
    expect(JSON.parse(written({ format: 'json', timestamp: '%s' }, 'x\n')).time).toBe(String(noon / 1000));
  });

  test('are marked as partial when their end never came', () => {
    expect(JSON.parse(written(json, 'no end'))).toMatchObject({ partial: true, message: 'no end' });
  });

  test('become several records when they are long, none of them with half a character', () => {
    const text = 'ü'.repeat(100_001);
    const records = written(json, `x${text}\n`)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.length).toBe(4);
    expect(records.map(({ message }) => message).join('')).toBe(`x${text}`);
    expect(records.map(({ partial }) => partial)).toEqual([true, true, true, undefined]);
  });

  test('say what is kept back', () => {
    const lines = formatter(json);
    lines.add(Buffer.from('begin'), noon);
    expect(lines.pending).toBe(true);
    lines.add(Buffer.from('end\n'), noon);
    expect(lines.pending).toBe(false);
  });

  test('are valid and whole for any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ max: 20 })), (chunks) => {
        const lines = formatter(json);
        const pieces = [...chunks.map((chunk) => lines.add(chunk, noon)), lines.flush(noon)];
        const records = Buffer.concat(pieces).toString().split('\n').slice(0, -1);
        const expected = Buffer.concat(chunks).toString().split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(records.map((record) => JSON.parse(record).message)).toEqual(expected);
      }),
    );
  });
});

describe('logfmt', () => {
  test('quotes what is no plain word', () => {
    expect(
      logfmt({ a: 'word', b: 'two words', c: 'say "x"', d: '', e: 7, f: true, g: 'k=v', h: 'a\\b' }),
    ).toBe('a=word b="two words" c="say \\"x\\"" d="" e=7 f=true g="k=v" h="a\\\\b"');
  });

  test('is what lines become', () => {
    expect(written({ format: 'logfmt', timestamp: null }, 'it works\n')).toBe(
      'time=2026-01-02T12:00:00.000Z process=web group=site stream=stdout pid=7 message="it works"\n',
    );
  });
});
