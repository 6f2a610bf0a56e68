// Output of commands: complete, in order and synchronous, so that nothing is lost at exit.
import { writeSync } from 'node:fs';
import { forStderr } from '../linux/journal-stream.ts';
import { isSystemError } from '../linux/system-error.ts';

export function print(line: string): void {
  write(1, `${line}\n`);
}

export function printError(line: string): void {
  write(2, forStderr(`${line}\n`, 'error'));
}

/**
 * Writes bytes or text unchanged; `fd` is 1 or 2. If that fails, exits with status 1: with an error message, or
 * silently on a broken pipe.
 */
export function write(fd: 1 | 2, data: string | Uint8Array): void {
  let rest = typeof data === 'string' ? Buffer.from(data) : data;
  while (rest.length > 0) rest = rest.subarray(writeSome(fd, rest));
}

/** Delay before a retry on a full pipe that another process made non-blocking, in milliseconds. */
const fullPipeWaitMs = 5;

function writeSome(fd: 1 | 2, data: Uint8Array): number {
  try {
    return writeSync(fd, data);
  } catch (error) {
    if (isSystemError(error, 'EAGAIN')) {
      Bun.sleepSync(fullPipeWaitMs);
      return 0;
    }
    if (isSystemError(error, 'EINTR')) return 0;
    if (!isSystemError(error, 'EPIPE') && fd === 1) printReason(error);
    process.exit(1);
  }
}

function printReason(error: unknown): void {
  const reason = error instanceof Error ? error.message.replace(/, write$/, '') : String(error);
  write(2, `tsupervisor: cannot write to standard output: ${reason}\n`);
}
