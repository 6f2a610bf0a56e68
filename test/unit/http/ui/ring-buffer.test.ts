import { describe, expect, test } from 'bun:test';
import { RingBuffer } from '../../../../src/http/ui/ring-buffer.ts';

describe('the latest of many', () => {
  test('are as many as there is room for, oldest first', () => {
    const latest = new RingBuffer<number>(3);
    expect([...latest]).toEqual([]);
    expect(latest.oldest).toBeUndefined();
    for (const number of [1, 2]) latest.push(number);
    expect([...latest]).toEqual([1, 2]);
    for (const number of [3, 4, 5, 6, 7]) latest.push(number);
    expect([...latest]).toEqual([5, 6, 7]);
    expect(latest.oldest).toBe(5);
  });

  test('can be forgotten one by one, and come again', () => {
    const latest = new RingBuffer<number>(3);
    for (const number of [1, 2, 3, 4]) latest.push(number);
    latest.forgetOldest();
    expect([...latest]).toEqual([3, 4]);
    latest.push(5);
    latest.push(6);
    expect([...latest]).toEqual([4, 5, 6]);
    for (let times = 0; times < 5; times += 1) latest.forgetOldest();
    expect([...latest]).toEqual([]);
    latest.push(7);
    expect([...latest]).toEqual([7]);
  });
});
