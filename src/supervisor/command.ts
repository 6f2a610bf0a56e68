// The `command=` of a program: split into words like a POSIX shell does (quotes and backslash only), and looked up on
// the child's PATH, relative to the child's working directory.
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { pythonRepr } from '../python/repr.ts';

export interface ResolvedCommand {
  readonly path: string;
  readonly argv: readonly string[];
}

/** Why a command cannot be run; RPC clients get different faults for `missing` and `unusable`. */
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

/** How a child's program is looked up. */
export interface ProgramLookup {
  /** PATH of its environment; undefined for a default path. */
  readonly searchPath: string | undefined;
  /** Its working directory, to which relative paths are resolved; null for the daemon's. */
  readonly directory: string | null;
}

/** What to execute for `command`. Throws CommandError. */
export function resolveCommand(command: string, lookup: ProgramLookup): ResolvedCommand {
  const argv = splitWords(command);
  const [program] = argv;
  if (program === undefined) throw new CommandError('unusable', 'command is empty');
  return { path: resolveProgram(program, lookup), argv };
}

/** The path of a program; only a name without a slash is looked up on PATH. Throws CommandError. */
export function resolveProgram(program: string, { searchPath, directory }: ProgramLookup): string {
  const candidates = program.includes('/') ? [program] : pathsOf(program, searchPath ?? defaultPath);
  // Like the original: the first that exists decides, even when it is not executable.
  for (const path of candidates) {
    const resolved = resolveFrom(directory, path);
    const status = statOrNull(resolved);
    if (status === null) continue;
    requireExecutable(path, resolved, status);
    return path;
  }
  throw new CommandError('missing', `can't find command ${pythonRepr(program)}`);
}

/** An empty element of PATH means the working directory (POSIX). */
function pathsOf(program: string, searchPath: string): string[] {
  return searchPath
    .split(':')
    .map((directory) => (directory === '' ? program : `${directory.replace(/\/$/, '')}/${program}`));
}

function resolveFrom(directory: string | null, path: string): string {
  return directory === null || path.startsWith('/') ? path : `${directory}/${path}`;
}

function requireExecutable(path: string, resolved: string, status: Stats): void {
  const shown = pythonRepr(path);
  if (status.isDirectory()) throw new CommandError('unusable', `command at ${shown} is a directory`);
  if ((status.mode & 0o111) === 0)
    throw new CommandError('unusable', `command at ${shown} is not executable`);
  try {
    accessSync(resolved, constants.X_OK);
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

/** POSIX words: blanks separate, quotes and backslash escape. `#`, `$`, `*`, `|` have no special meaning. */
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
