// What comes in pieces: lines, events, and the part of a log that comes twice.
import { describe, expect, test } from 'bun:test';
import { LineWriter } from '../../../src/cli/shared/line-writer.ts';
import { EventStreamReader, type ServerSentEvent } from '../../../src/client/server-sent-events.ts';

describe('lines', () => {
  function lines(...pieces: string[]): string[] {
    const seen: string[] = [];
    const writer = new LineWriter((line) => seen.push(Buffer.from(line).toString()));
    for (const piece of pieces) writer.write(Buffer.from(piece));
    writer.end();
    return seen;
  }

  test('are put together from pieces', () => {
    expect(lines('on', 'e\ntwo\n\nth', 'ree\n')).toEqual(['one\n', 'two\n', '\n', 'three\n']);
  });

  test('that are incomplete end with the stream', () => {
    expect(lines('one\ntw', 'o')).toEqual(['one\n', 'two\n']);
    expect(lines()).toEqual([]);
  });

  test('without end come in parts', () => {
    expect(lines('x'.repeat(100_000), 'y\n')).toEqual([`${'x'.repeat(100_000)}\n`, 'y\n']);
  });
});

describe('server-sent events', () => {
  function events(...pieces: string[]): ServerSentEvent[] {
    const seen: ServerSentEvent[] = [];
    const reader = new EventStreamReader((event) => seen.push(event));
    for (const piece of pieces) reader.write(Buffer.from(piece));
    return seen;
  }

  test('have a type and data', () => {
    expect(events(': connected\n\nevent: A\ndata: {"x":1}\n\ndata:y\n\n')).toEqual([
      { type: 'A', data: '{"x":1}' },
      { type: 'message', data: 'y' },
    ]);
  });

  test('come in pieces, with several lines of data, with any ends of line', () => {
    expect(events('eve', 'nt: A\r', '\ndata: one\r\nda', 'ta: two\r\n\r\n')).toEqual([
      { type: 'A', data: 'one\ntwo' },
    ]);
  });

  test('without data are none, nor is an incomplete one', () => {
    expect(events('event: A\n\nevent: B\ndata: x\n')).toEqual([]);
  });
});
