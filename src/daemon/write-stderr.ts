// Words on stderr that do not go through the log, which may be what is broken.
import { writeSync } from 'node:fs';
import { forStderr } from '../linux/journal-stream.ts';

export function writeStderr(text: string): void {
  try {
    writeSync(2, forStderr(text, 'critical'));
  } catch {
    // Nobody reads it.
  }
}
