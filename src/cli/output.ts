// What commands print: whole, in order and at once, so that nothing is lost when the process ends.
import { writeSync } from 'node:fs';
import { forStderr } from '../linux/journal-stream.ts';
import { isSystemError } from '../linux/system-error.ts';

/** One line on standard output. */
export function print(line: string): void {
  write(1, `${line}\n`);
}

/** One line on standard error. */
export function printError(line: string): void {
  write(2, forStderr(`${line}\n`, 'error'));
}

/**
 * Bytes or text as they are; `fd` is 1 or 2. Ends the process with status 1 when they cannot be written: with a line that
 * says why, or quietly when the reader of a pipe is gone.
 */
export function write(fd: 1 | 2, data: string | Uint8Array): void {
  let rest = typeof data === 'string' ? Buffer.from(data) : data;
  while (rest.length > 0) rest = rest.subarray(writeSome(fd, rest));
}

/** How long to wait for a full pipe that somebody else made non-blocking, in milliseconds. */
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
    if (!isSystemError(error, 'EPIPE') && fd === 1) tellReason(error);
    process.exit(1);
  }
}

function tellReason(error: unknown): void {
  const reason = error instanceof Error ? error.message.replace(/, write$/, '') : String(error);
  write(2, `tsupervisor: cannot write to standard output: ${reason}\n`);
}
