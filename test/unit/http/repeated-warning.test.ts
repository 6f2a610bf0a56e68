import { describe, expect, test } from 'bun:test';
import { RepeatedWarning } from '../../../src/http/repeated-warning.ts';
import { eventually } from '../../support/eventually.ts';

describe('a warning that is repeated ten thousand times', () => {
  test('is one line, and a count at the end of the minute', async () => {
    const lines: string[] = [];
    const warning = new RepeatedWarning((line) => lines.push(line), 50);
    for (let count = 1; count <= 10_000; count += 1) warning.warn(`turned away process ${count}`);
    expect(lines).toEqual(['turned away process 1']);
    await eventually(() => lines.length === 2, { what: 'the count' });
    expect(lines[1]).toBe('turned away process 10000 (9999 times in the last minute)');
    warning.stop();
    expect(lines).toHaveLength(2);
  });

  test('is counted up to the end', () => {
    const lines: string[] = [];
    const warning = new RepeatedWarning((line) => lines.push(line));
    for (const message of ['a', 'b', 'c']) warning.warn(message);
    warning.stop();
    expect(lines).toEqual(['a', 'c (2 times in the last minute)']);
  });
});
