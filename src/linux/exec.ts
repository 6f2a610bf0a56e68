// Replaces this process by another program: execve(2).
import { CStringArray } from './c-string-array.ts';
import { checked } from './errno.ts';
import { cstring, libc, ptr } from './libc.ts';

/** Same pid, same children, descriptors without close-on-exec stay open. Returns only by throwing SyscallError. */
export function replaceProcess(path: string, argv: readonly string[], environment: readonly string[]): void {
  const words = new CStringArray(argv);
  const variables = new CStringArray(environment);
  checked(libc.execve(ptr(cstring(path)), ptr(words.pointers), ptr(variables.pointers)), 'execve', path);
}
