// The text of a file that may be missing or unreadable, like the files of a process or cgroup that is gone.
import { readFileSync } from 'node:fs';

export function textOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
