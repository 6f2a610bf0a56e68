// File name patterns as in Python's glob.glob: `*`, `?`, `[...]`; a leading dot must be matched explicitly.
import type { ConfigHost } from './host.ts';
import { absoluteIn, directoryOf } from './values/paths.ts';

type Directories = Pick<ConfigHost, 'listDirectory' | 'isDirectory' | 'isPresent'>;

/** Matching paths, unordered. `**` is the same as `*`. */
export function glob(pattern: string, host: Directories): string[] {
  const directory = directoryOf(pattern);
  const name = pattern.slice(pattern.lastIndexOf('/') + 1);
  if (!hasWildcard(pattern)) return isThere(pattern, directory, name, host) ? [pattern] : [];
  const directories = directory !== pattern && hasWildcard(directory) ? glob(directory, host) : [directory];
  return directories.flatMap((found) => namesIn(found, name, host).map((entry) => absoluteIn(found, entry)));
}

function isThere(path: string, directory: string, name: string, host: Directories): boolean {
  return name === '' ? host.isDirectory(directory) : host.isPresent(path);
}

function namesIn(directory: string, name: string, host: Directories): readonly string[] {
  if (!hasWildcard(name)) return isThere(absoluteIn(directory, name), directory, name, host) ? [name] : [];
  const matches = wildcardTest(name);
  const hidden = name.startsWith('.');
  return host
    .listDirectory(directory || '.')
    .filter((entry) => (hidden || !entry.startsWith('.')) && matches(entry));
}

function hasWildcard(text: string): boolean {
  return /[*?[]/.test(text);
}

/** fnmatch(3) without escapes; an unclosed `[` is literal. */
function wildcardTest(pattern: string): (name: string) => boolean {
  const characters = [...pattern];
  let source = '';
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    const end = character === '[' ? endOfSet(characters, index) : -1;
    if (end > 0) {
      source += setSource(characters.slice(index + 1, end).join(''));
      index = end;
    } else if (character === '*') {
      if (characters[index - 1] !== '*') source += '[^]*';
    } else {
      source += character === '?' ? '[^]' : RegExp.escape(character);
    }
  }
  const expression = new RegExp(`^${source}$`, 'u');
  return (name) => expression.test(name);
}

/** End of the set that opens at `start`; a `]` right after `[` or `[!` belongs to the set. */
function endOfSet(characters: readonly string[], start: number): number {
  const first = characters[start + 1] === '!' ? start + 2 : start + 1;
  return characters.indexOf(']', first + 1);
}

function setSource(content: string): string {
  const negated = content.startsWith('!');
  const members = [...(negated ? content.slice(1) : content)];
  const parts: string[] = [];
  for (let index = 0; index < members.length; index += 1) {
    const low = members[index] ?? '';
    const high = members[index + 1] === '-' ? members[index + 2] : undefined;
    if (high === undefined) parts.push(RegExp.escape(low));
    // A reversed range matches nothing.
    else if (low <= high) parts.push(`${RegExp.escape(low)}-${RegExp.escape(high)}`);
    if (high !== undefined) index += 2;
  }
  return `[${negated ? '^' : ''}${parts.join('')}]`;
}
