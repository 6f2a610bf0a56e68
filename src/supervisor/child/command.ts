// The `command=` of a program: split into words, and looked up on the child's PATH, relative to the child's working
// directory.
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { pythonRepr } from '../../python/repr.ts';
import { splitWords, UnclosedWord } from '../../python/shlex.ts';

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
  const argv = wordsOf(command);
  const [program] = argv;
  if (program === undefined) throw new CommandError('unusable', 'command is empty');
  return { path: resolveProgram(program, lookup), argv };
}

function wordsOf(command: string): string[] {
  try {
    return splitWords(command);
  } catch (error) {
    if (!(error instanceof UnclosedWord)) throw error;
    throw new CommandError('unusable', `can't parse command ${pythonRepr(command)}: ${error.message}`);
  }
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
