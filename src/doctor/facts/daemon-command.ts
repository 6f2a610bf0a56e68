// Recognises a supervisord, ours or the original, by its command line, and finds its configuration.
import { basename } from 'node:path';
import type { ProcessEntry } from './process-table.ts';

export interface DaemonCommand {
  /** The value of -c or --configuration; null without it. */
  readonly configuration: string | null;
  readonly interpreter: 'python' | 'none';
}

/** Null for any other program, and for a supervisord that only prints its version or help. */
export function daemonCommand({
  argv,
  executable,
}: Pick<ProcessEntry, 'argv' | 'executable'>): DaemonCommand | null {
  const [program = '', ...args] = argv;
  const name = basename(executable === null ? program : executable.replace(deletedSuffix, ''));
  if (/^(?:platform-)?python[\d.]*$/.test(name)) return withInterpreter('python', optionsOfScript(args));
  return withInterpreter('none', optionsOfExecutable(name, basename(program), args));
}

/** Whether the executable of a process has been replaced on disk, as by an upgrade. */
export function isReplaced({ executable }: Pick<ProcessEntry, 'executable'>): boolean {
  return executable !== null && deletedSuffix.test(executable);
}

/** Appended by the kernel to the path of a removed file (proc_pid_exe(5)). */
const deletedSuffix = / \(deleted\)$/;

function withInterpreter(
  interpreter: DaemonCommand['interpreter'],
  options: readonly string[] | null,
): DaemonCommand | null {
  const read = options === null ? null : readOptions(options);
  return read && { ...read, interpreter };
}

/** The options after the script in a Python command line; null if it is another script. */
function optionsOfScript(args: readonly string[]): readonly string[] | null {
  const at = args.findIndex((word) => !/^-[bBdEIiOPqsSuv]+$/.test(word));
  const [script = '', ...rest] = at < 0 ? [] : args.slice(at);
  if (basename(script) === 'supervisord') return rest;
  return script === '-m' && rest[0] === 'supervisor.supervisord' ? rest.slice(1) : null;
}

function optionsOfExecutable(
  name: string,
  calledAs: string,
  args: readonly string[],
): readonly string[] | null {
  const isOurs = isNameOfOurs(name);
  if (!isOurs && name !== 'supervisord') return null;
  if (calledAs === 'supervisord') return args;
  const [applet = '', ...rest] = args;
  return isOurs && (applet === 'supervisord' || applet === 'run') ? rest : null;
}

/** Also with a version: tsupervisor-0.2. */
function isNameOfOurs(name: string): boolean {
  return /^tsupervisor(?:[-_.].*)?$/.test(name);
}

/** Long options may be abbreviated, short ones combined, as in getopt_long(3). */
const flags = { short: 'nskt', long: ['nodaemon', 'silent', 'nocleanup', 'strip_ansi'] } as const;
const questions = { short: 'hv?', long: ['help', 'version'] } as const;

/** Null for options that do not start a daemon. */
function readOptions(options: readonly string[]): Pick<DaemonCommand, 'configuration'> | null {
  let configuration: string | null = null;
  const words = options[Symbol.iterator]();
  for (const word of words) {
    const option = readOption(word);
    if (option.kind === 'question') return null;
    if (option.kind === 'flag') continue;
    const value = option.value ?? words.next().value ?? null;
    if (option.isConfiguration) configuration = value;
  }
  return { configuration };
}

type Option =
  /** -v, -h, or an operand: a command such as `ctl`, or a mistake. */
  | { readonly kind: 'question' }
  | { readonly kind: 'flag' }
  /** `value` null: it is the next word. */
  | { readonly kind: 'valued'; readonly isConfiguration: boolean; readonly value: string | null };

function readOption(word: string): Option {
  const [, name, value = null] = /^--([a-z_]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (name === undefined) return readCluster(word);
  const isAmong = (names: readonly string[]): boolean => names.some((long) => long.startsWith(name));
  if (isAmong(questions.long)) return { kind: 'question' };
  if (isAmong(flags.long)) return { kind: 'flag' };
  return { kind: 'valued', isConfiguration: isAmong(['configuration']), value };
}

function readCluster(word: string): Option {
  const [, letters, letter, value = ''] = /^-([nskt]*)(.?)(.*)$/s.exec(word) ?? [];
  if (letters === undefined || letter === undefined || word === '-') return { kind: 'question' };
  if (letter === '') return { kind: 'flag' };
  if (questions.short.includes(letter)) return { kind: 'question' };
  return { kind: 'valued', isConfiguration: letter === 'c', value: value || null };
}
