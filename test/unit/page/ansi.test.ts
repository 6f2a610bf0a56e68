import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { coloured, plain } from '../../../src/page/ansi.ts';

const spans = (line: string) => coloured(line, plain).spans.map(({ text, classes }) => [text, classes]);

describe('a coloured line', () => {
  test.each([
    ['plain', [['plain', '']]],
    [
      '\x1b[31mred\x1b[0m rest',
      [
        ['red', 'fg1'],
        [' rest', ''],
      ],
    ],
    [
      '\x1b[1;4;32mall\x1b[22;24mless',
      [
        ['all', 'fg2 bold underline'],
        ['less', 'fg2'],
      ],
    ],
    ['\x1b[97;101mbright', [['bright', 'fg15 bg9']]],
    [
      '\x1b[38;5;196mpalette\x1b[39m.',
      [
        ['palette', 'fg9'],
        ['.', ''],
      ],
    ],
    ['\x1b[38;2;0;0;200mtrue colour', [['true colour', 'fg12']]],
    ['\x1b[mreset', [['reset', '']]],
    [
      'a\x1b[2Kb\x1b[10;5Hc\x1b]0;title\x07d\x1b]8;;http://x\x1b\\e',
      [
        ['a', ''],
        ['b', ''],
        ['c', ''],
        ['d', ''],
        ['e', ''],
      ],
    ],
    [
      'a\x00\x08\x07b\tc',
      [
        ['a', ''],
        ['b\tc', ''],
      ],
    ],
    ['<b>&amp;</b>', [['<b>&amp;</b>', '']]],
  ])('%j', (line, expected) => {
    const joined = (list: readonly (readonly string[])[]) =>
      list.reduce<[string, string][]>((all, [text = '', classes = '']) => {
        const last = all.at(-1);
        if (last && last[1] === classes) last[0] += text;
        else all.push([text, classes]);
        return all;
      }, []);
    expect(joined(spans(line))).toEqual(joined(expected));
  });

  test('begins as the line before it ended', () => {
    const { style } = coloured('\x1b[35mbegins', plain);
    expect(coloured('goes on', style).spans).toEqual([{ text: 'goes on', classes: 'fg5' }]);
  });

  test('of any bytes keeps all that is no control character, and makes none but its own classes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, size: 'max' }), (bytes) => {
        const text = bytes.reduce((all, byte) => all + String.fromCharCode(byte), '');
        // One assertion for all spans: an `expect` for each character takes seconds on a busy machine.
        const wrong = coloured(text, plain).spans.filter(
          ({ text: shown, classes }) =>
            !text.includes(shown) ||
            /[\x00-\x08\x0a-\x1f\x7f]/.test(shown) ||
            !/^((fg|bg)\d+|bold|dim|italic|underline| )*$/.test(classes),
        );
        expect(wrong).toEqual([]);
      }),
    );
  });
});
