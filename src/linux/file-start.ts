// The beginning of a file that another user may have replaced by anything.
import { fstatSync, readSync } from 'node:fs';
import { checked } from './errno.ts';
import { cstring, libc, ptr } from './libc.ts';
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_PATH, O_RDONLY } from './open-flags.ts';

/**
 * At most `room` bytes of a regular file, as text; empty for anything else, which is not opened: a FIFO would wait, and
 * opening a device has effects. Throws SyscallError.
 */
export function startOfFile(path: string, room: number): string {
  const held = checked(libc.open(ptr(cstring(path)), O_PATH | O_CLOEXEC, 0), 'open', path);
  try {
    return fstatSync(held).isFile() ? readAgain(held, path, room) : '';
  } finally {
    libc.close(held);
  }
}

function readAgain(held: number, path: string, room: number): string {
  const flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const fd = checked(libc.open(ptr(cstring(`/proc/self/fd/${held}`)), flags, 0), 'open', path);
  try {
    const buffer = Buffer.alloc(room);
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  } finally {
    libc.close(fd);
  }
}
