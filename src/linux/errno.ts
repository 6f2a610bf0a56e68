// Error numbers of Linux: their names, and the error that a failed system call becomes.
import { constants } from 'node:os';
import { errno } from './libc.ts';

export const E = constants.errno;

const names = new Map<number, string>(Object.entries(E).map(([name, number]) => [number, name]));
names.set(E.EAGAIN, 'EAGAIN');
names.set(E.ENOTSUP, 'ENOTSUP');

/** `ENOENT` for 2; the number itself when it has no name. */
export function errnoName(number: number): string {
  return names.get(number) ?? String(number);
}

/** A failed system call: its name, its object, its errno. */
export class SyscallError extends Error {
  override readonly name = 'SyscallError';
  readonly code: string;

  constructor(
    readonly syscall: string,
    readonly errno: number,
    readonly subject = '',
  ) {
    super(`${syscall}${subject && ` ${subject}`}: ${errnoName(errno)}`);
    this.code = errnoName(errno);
  }
}

/** The result of a system call, or a SyscallError with this thread's errno when it is negative. */
export function checked(result: number, syscall: string, subject = ''): number {
  if (result < 0) throw new SyscallError(syscall, errno(), subject);
  return result;
}
