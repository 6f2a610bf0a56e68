import { describe, expect, test } from 'bun:test';
import { classicRequest } from '../../../src/page/classic-request.ts';

describe('a link of the original page', () => {
  test('asks for an operation on its process, or on all', () => {
    expect(classicRequest('clearlog', 'web')).toEqual({ operation: 'clear', targets: ['web'] });
    expect(classicRequest('restartall', null)).toEqual({ operation: 'restart', targets: ['*'] });
  });

  test.each(['', 'nonsense', 'constructor', '__proto__', 'toString'])('asks for nothing by %p', (action) => {
    expect(classicRequest(action, 'web')).toBeNull();
  });
});
