// The `command=` of a program: split into words as a POSIX shell would (quotes and backslash, nothing else),
// and looked up on the child's PATH, from the directory in which it will be executed.
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { pythonRepr } from '../python/repr.ts';

export interface ResolvedCommand {
  readonly path: string;
  readonly argv: readonly string[];
}

/** Why a command cannot be run; `missing` and `unusable` are different faults for RPC clients. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  constructor(
    readonly kind: 'missing' | 'unusable',
    message: string,
  ) {
    super(message);
  }
}

const defaultPath = '/bin:/usr/bin:/usr/local/bin';

/** Where a child looks for its program. */
export interface Surroundings {
  /** PATH of its environment; without one, some usual directories. */
  readonly searchPath: string | undefined;
  /** Its working directory, which relative paths begin at; null for ours. */
  readonly directory: string | null;
}

/** What to execute for `command`. Throws CommandError. */
export function resolveCommand(command: string, surroundings: Surroundings): ResolvedCommand {
  const argv = splitWords(command);
  const [program] = argv;
  if (program === undefined) throw new CommandError('unusable', 'command is empty');
  return { path: resolveProgram(program, surroundings), argv };
}

/** The path of a program: a name without a slash is looked up on PATH, and only there. Throws CommandError. */
export function resolveProgram(program: string, { searchPath, directory }: Surroundings): string {
  const candidates = program.includes('/') ? [program] : pathsOf(program, searchPath ?? defaultPath);
  // The first that exists decides, even if it cannot be executed.
  for (const path of candidates) {
    const place = seenFrom(directory, path);
    const status = statOrNull(place);
    if (status === null) continue;
    requireExecutable(path, place, status);
    return path;
  }
  throw new CommandError('missing', `can't find command ${pythonRepr(program)}`);
}

/** An empty element of PATH is the working directory. */
function pathsOf(program: string, searchPath: string): string[] {
  return searchPath
    .split(':')
    .map((directory) => (directory === '' ? program : `${directory.replace(/\/$/, '')}/${program}`));
}

function seenFrom(directory: string | null, path: string): string {
  return directory === null || path.startsWith('/') ? path : `${directory}/${path}`;
}

function requireExecutable(path: string, place: string, status: Stats): void {
  const shown = pythonRepr(path);
  if (status.isDirectory()) throw new CommandError('unusable', `command at ${shown} is a directory`);
  if ((status.mode & 0o111) === 0)
    throw new CommandError('unusable', `command at ${shown} is not executable`);
  try {
    accessSync(place, constants.X_OK);
  } catch {
    throw new CommandError('unusable', `no permission to run command ${shown}`);
  }
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** POSIX words: blanks separate, quotes and backslash protect. `#`, `$`, `*`, `|` are ordinary. */
function splitWords(command: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  const characters = [...command];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (character === '\\' && quote !== "'") {
      const next = characters[++index];
      if (next === undefined) throw unparsable(command, 'No escaped character');
      const kept = quote === '"' && next !== '"' && next !== '\\' ? `\\${next}` : next;
      word = (word ?? '') + kept;
    } else if (quote !== null) {
      if (character === quote) quote = null;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (' \t\r\n'.includes(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) throw unparsable(command, 'No closing quotation');
  if (word !== null) words.push(word);
  return words;
}

function unparsable(command: string, why: string): CommandError {
  return new CommandError('unusable', `can't parse command ${pythonRepr(command)}: ${why}`);
}
