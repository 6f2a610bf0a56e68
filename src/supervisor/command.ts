// The `command=` of a program: split into words as a POSIX shell would (quotes and backslash, nothing else),
// and looked up on the child's PATH.
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

/** What to execute for `command`, looked up in `searchPath` (the child's PATH). Throws CommandError. */
export function resolveCommand(command: string, searchPath: string | undefined): ResolvedCommand {
  const argv = splitWords(command);
  const [program] = argv;
  if (program === undefined) throw new CommandError('unusable', 'command is empty');
  const path = program.includes('/') ? program : findOnPath(program, searchPath ?? defaultPath);
  requireExecutable(path);
  return { path, argv };
}

/** The first entry that exists wins, even if it cannot be executed; the bare name when there is none. */
function findOnPath(program: string, searchPath: string): string {
  for (const directory of searchPath.split(':')) {
    const candidate = directory === '' ? program : `${directory.replace(/\/$/, '')}/${program}`;
    if (statOrNull(candidate) !== null) return candidate;
  }
  return program;
}

function requireExecutable(path: string): void {
  const status = statOrNull(path);
  const shown = pythonRepr(path);
  if (status === null) throw new CommandError('missing', `can't find command ${shown}`);
  if (status.isDirectory()) throw new CommandError('unusable', `command at ${shown} is a directory`);
  if ((status.mode & 0o111) === 0)
    throw new CommandError('unusable', `command at ${shown} is not executable`);
  try {
    accessSync(path, constants.X_OK);
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
