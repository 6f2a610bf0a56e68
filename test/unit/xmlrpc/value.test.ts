import { describe, expect, test } from 'bun:test';
import { encodeValue } from '../../../src/xmlrpc/encode.ts';
import { type RpcValue, sizeOf } from '../../../src/xmlrpc/value.ts';

describe('the size of a value', () => {
  const numbers = Array.from({ length: 20 }, (_, index) => [`member_${index}`, index]);
  test.each<[string, RpcValue]>([
    ['a text', 'x'.repeat(1000)],
    ['an array of texts', Array(50).fill('some text')],
    ['an array of numbers', Array(50).fill(7)],
    ['a struct of numbers', Object.fromEntries(numbers)],
    ['structs in an array', Array(50).fill(Object.fromEntries(numbers))],
  ])('(%s) is about that of its XML', (_, value) => {
    const { length } = encodeValue(value);
    expect(sizeOf(value)).toBeGreaterThan(length * 0.7);
    expect(sizeOf(value)).toBeLessThan(length * 1.5);
  });
});
