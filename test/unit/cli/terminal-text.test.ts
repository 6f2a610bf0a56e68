import { describe, expect, test } from 'bun:test';
import { TerminalText } from '../../../src/cli/shared/terminal-text.ts';

/** As it is shown, whatever pieces it comes in. */
function shown(text: string): string {
  const bytes = Buffer.from(text);
  const whole = new TerminalText();
  const expected = whole.push(bytes) + whole.end();
  const single = new TerminalText();
  let inPieces = '';
  for (const byte of bytes) inPieces += single.push(Uint8Array.of(byte));
  expect(inPieces + single.end()).toBe(expected);
  return expected;
}

describe('a terminal gets', () => {
  test('text in every language, tabulators and line ends', () => {
    const text = 'schön\t日志 😀\r\nnext\n';
    expect(shown(text)).toBe(text);
  });

  test('colours, and their end', () => {
    expect(shown('\x1b[31mred\x1b[0m')).toBe('\x1b[31mred\x1b[0m\x1b[0m');
    expect(shown('\x1b[m\x1b[38:2::1:2:3mrgb')).toBe('\x1b[m\x1b[38:2::1:2:3mrgb\x1b[0m');
  });

  test.each([
    ['a title', '\x1b]0;title\x07', '^[]0;title^G'],
    ['the clipboard', '\x1b]52;c;ZWNobw==\x1b\\', '^[]52;c;ZWNobw==^[\\'],
    ['a report', '\x1b[6n\x1b[c', '^[[6n^[[c'],
    ['a cleared screen', '\x1b[2J\x1b[H\x1bc', '^[[2J^[[H^[c'],
    ['a key that is not SGR', '\x1b[>4;2m', '^[[>4;2m'],
    ['C1 controls', '\u009b2J\u0090q\u009c', '\\x9b2J\\x90q\\x9c'],
    ['a line that is written over', 'secret\rpublic\b\b', 'secret^Mpublic^H^H'],
    ['NUL, DEL and vertical tabulators', '\0\x7f\x0b\x0c', '^@^?^K^L'],
    ['an unfinished sequence', 'end\x1b[3', 'end^[[3'],
    ['SGR without end', `\x1b[${'1;'.repeat(40)}m`, `^[[${'1;'.repeat(40)}m`],
  ])('%s only to look at', (_, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  test('what is no UTF-8 as such', () => {
    const text = new TerminalText();
    expect(text.push(Uint8Array.of(0x61, 0x9b, 0x62)) + text.end()).toBe('a\ufffdb');
  });
});
