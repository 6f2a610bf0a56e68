import { describe, expect, test } from 'bun:test';
import { encodeEntry, encodeFields, firstMessage, maxMessageBytes } from '../../../src/logs/journal-entry.ts';

/** Text, priority and whether it is a part, of every message in the text. */
function messagesIn(text: string): [string, number, boolean][] {
  const bytes = Buffer.from(text);
  const messages: [string, number, boolean][] = [];
  for (let at = 0; at < bytes.length; ) {
    const { start, end, next, priority, isPartial } = firstMessage(bytes, at, bytes.length);
    messages.push([bytes.toString('utf8', start, end), priority, isPartial]);
    at = next;
  }
  return messages;
}

describe('entries of the journal', () => {
  test('are lines, empty ones too; without an end they are parts', () => {
    expect(messagesIn('one\n\ntwo')).toEqual([
      ['one', 6, false],
      ['', 6, false],
      ['two', 6, true],
    ]);
  });

  test('have the priority that a line begins with', () => {
    expect(messagesIn('<3>bad\n<8>text\n<3\n<0>\n a <3>\n')).toEqual([
      ['bad', 3, false],
      ['<8>text', 6, false],
      ['<3', 6, false],
      ['', 0, false],
      [' a <3>', 6, false],
    ]);
  });

  test('are parts of lines that are too long, cut between characters', () => {
    const text = `x${'日'.repeat(maxMessageBytes / 3)}`;
    const parts = messagesIn(`${text}\n`);
    expect(parts.map(([part]) => part).join('')).toBe(text);
    expect(parts.map(([, , isPartial]) => isPartial)).toEqual([true, false]);
  });

  test('see nothing of the memory behind their end', () => {
    const bytes = Buffer.from('old\nnew\n');
    expect(firstMessage(bytes, 0, 2)).toEqual({ priority: 6, start: 0, end: 2, next: 2, isPartial: true });
  });

  test('have the length before a value with a newline', () => {
    expect(Buffer.from(encodeFields({ A: 'x=y', B: '1\n2' })).toString('latin1')).toBe(
      'A=x=y\nB\n\x03\0\0\0\0\0\0\x001\n2\n',
    );
  });

  test('carry any bytes', () => {
    const bytes = Uint8Array.of(0xff, 0, 0x0a);
    const entry = encodeEntry(Buffer.from('A=1\n'), bytes, firstMessage(bytes, 0, 3));
    expect(Buffer.from(entry).toString('latin1')).toBe('A=1\nPRIORITY=6\nMESSAGE=\xff\0\n');
  });
});
