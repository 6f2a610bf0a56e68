// The text of a file that may be missing or unreadable, as those are that tell of a process or cgroup which is gone.
import { readFileSync } from 'node:fs';

export function textOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
