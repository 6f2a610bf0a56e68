import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { AnsiStripper } from '../../../src/logs/strip-ansi.ts';

const ESC = '\x1b';

function strip(...chunks: readonly string[]): string {
  const stripper = new AnsiStripper();
  const stripped = chunks.map((chunk) => Buffer.from(stripper.strip(Buffer.from(chunk))));
  return Buffer.concat([...stripped, stripper.end()]).toString();
}

describe('strip_ansi', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['plain', 'plain'],
    [`${ESC}[31mred${ESC}[0m`, 'red'],
    [`a${ESC}[2Kb`, 'ab'],
    [`${ESC}[2Gc${ESC}[Kd`, 'd'],
    [`${ESC}]0;title`, `${ESC}]0;title`],
    [`${ESC}${ESC}[1mx`, `${ESC}x`],
    [`end${ESC}`, `end${ESC}`],
    [`end${ESC}[12`, 'end'],
    ['üñ', 'üñ'],
  ];
  for (const [input, output] of rows) {
    test(`${JSON.stringify(input)} leaves ${JSON.stringify(output)}`, () =>
      expect(strip(input)).toBe(output));
  }

  test('gives the chunk itself back when there is nothing to strip', () => {
    const chunk = Buffer.from('nothing');
    expect(new AnsiStripper().strip(chunk)).toBe(chunk);
  });

  test('gives the same for every way of cutting the output into chunks', () => {
    const part = fc.oneof(fc.constantFrom(ESC, `${ESC}[`, 'm', '31', `${ESC}[0m`, ';'), fc.string());
    fc.assert(
      fc.property(fc.array(fc.array(part)), (chunks) => {
        const texts = chunks.map((parts) => parts.join(''));
        expect(strip(...texts)).toBe(strip(texts.join('')));
      }),
    );
  });
});
