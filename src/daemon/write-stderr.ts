// Words on stderr that do not go through the log, which may be what is broken.
import { writeSync } from 'node:fs';

export function writeStderr(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nobody reads it.
  }
}
