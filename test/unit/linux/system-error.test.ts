import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { E, SyscallError } from '../../../src/linux/errno.ts';
import { isSystemError } from '../../../src/linux/system-error.ts';

describe('an error is of the system', () => {
  test('when the runtime was refused something', () => {
    const error = thrownBy(() => readFileSync('/nowhere'));
    expect(isSystemError(error)).toBe(true);
    expect([isSystemError(error, 'ENOENT'), isSystemError(error, 'EACCES')]).toEqual([true, false]);
  });

  test('when this project made the call', () => {
    expect(isSystemError(new SyscallError('chown', E.EPERM), 'EPERM')).toBe(true);
  });

  test('but not when it is a bug, or has a number only', () => {
    const mistakes = [
      new TypeError('x is not a function'),
      Object.assign(new Error('fault'), { code: 10 }),
      null,
    ];
    expect(mistakes.filter((error) => isSystemError(error))).toEqual([]);
  });
});

function thrownBy(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return null;
}
