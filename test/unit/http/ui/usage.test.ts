import { expect, test } from 'bun:test';
import { cpuSince } from '../../../../src/http/ui/usage.ts';

test('the use of a processor is what came since, and never less than nothing', () => {
  const at = (cpuSeconds: number) => ({ cpuSeconds, residentBytes: 0 });
  const before = new Map([
    [1, at(1)],
    [2, at(5)],
  ]);
  const now = new Map([
    [1, at(2)],
    [2, at(4)],
    [3, at(9)],
  ]);
  expect([...cpuSince(before, now, 4)]).toEqual([
    [1, 25],
    [2, 0],
  ]);
  expect(cpuSince(before, now, 0).size).toBe(0);
});
