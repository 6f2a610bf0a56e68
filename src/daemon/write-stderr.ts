// Writes to stderr without the log, which may be what has failed.
import { writeSync } from 'node:fs';
import { forStderr } from '../linux/journal-stream.ts';

export function writeStderr(text: string): void {
  try {
    writeSync(2, forStderr(text, 'critical'));
  } catch {
    // stderr is closed.
  }
}
