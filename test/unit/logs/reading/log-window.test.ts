import { describe, expect, test } from 'bun:test';
import { readWindow, tailWindow } from '../../../../src/logs/reading/log-window.ts';

const file = '0123456789';

describe('reading a log of ten bytes', () => {
  test.each([
    [-5, 0, '56789'],
    [-50, 0, file],
    [-5, 1, null],
    [0, -1, null],
    [0, 0, file],
    [4, 0, '456789'],
    [2, 3, '234'],
    [8, 100, '89'],
    [10, 0, ''],
    [50, 5, ''],
  ])('from %d, %d bytes, gives %p', (offset, length, expected) => {
    const window = readWindow(file.length, offset, length);
    expect(window && file.slice(window.start, window.end)).toBe(expected);
  });
});

describe('the tail of a log of ten bytes', () => {
  test.each([
    [0, 0, '', true],
    [0, 4, '6789', true],
    [0, 10, file, false],
    [0, 100, file, false],
    [3, 4, '6789', true],
    [3, 7, '3456789', false],
    [3, 10, file, false],
    [9, 1, '9', false],
    [10, 4, '', false],
    [20, 4, '', false],
    [-4, 4, '6789', true],
    [-4, 0, '', true],
    [-20, 30, file, false],
    [0, -1, '', true],
  ])('behind %d, %d bytes, is %p, overflow %p', (offset, length, expected, overflow) => {
    const window = tailWindow(file.length, offset, length);
    expect([file.slice(window.start, window.end), window.overflow]).toEqual([expected, overflow]);
  });
});
