// supervisord's command line, as a table. It overrides [supervisord].
import { ConfigError } from '../config/config.ts';
import type { ConfigHost } from '../config/host.ts';
import { requireConfig } from '../config/locate-config.ts';
import type { CommandLineOverrides } from '../config/overrides.ts';
import { absoluteFileInDirectory, existingDirectory, mainLogFile } from '../config/values/paths.ts';
import { byteSize, integer, logLevel, octal, text } from '../config/values/scalars.ts';
import type { ValueType } from '../config/values/value-type.ts';
import { pythonRepr } from '../python/repr.ts';
import { type GivenOption, getopt, type OptionSpec, UsageError } from './getopt.ts';

/** The result. `configPath` null: use the search path. */
export type SupervisordOptions =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly configPath: string | null; readonly overrides: CommandLineOverrides };

/** Reads the command line from left to right; help and version end it. Throws UsageError. */
export function readSupervisordOptions(args: readonly string[], host: ConfigHost): SupervisordOptions {
  const { given, rest } = getopt(args, specs);
  if (rest.length > 0)
    throw new UsageError(`positional arguments are not supported: [${rest.map(pythonRepr).join(', ')}]`);
  const seen = new Set<OptionName>();
  let configPath: string | null = null;
  let overrides: CommandLineOverrides = {};
  for (const option of given) {
    if (option.name === 'help' || option.name === 'version') return { kind: option.name };
    if (seen.has(option.name))
      throw new UsageError(`conflicting command line option ${pythonRepr(option.spelled)}`);
    seen.add(option.name);
    if (option.name === 'configuration') configPath = option.value;
    overrides = { ...overrides, ...settingOf(option, host) };
  }
  return { kind: 'run', configPath, overrides };
}

/** The file named on the command line, or the first one on the search path. Throws ConfigError. */
export function locateConfig(
  options: { readonly configPath: string | null },
  program: string,
  host: ConfigHost,
): string {
  return options.configPath ?? requireConfig(program, host.exists);
}

/** The output of `-h`, in the layout of the original: scripts split it at ` -- `. */
export function usage(program: string): string {
  return [
    'supervisord -- start programs, keep them running, and let them be controlled.',
    '',
    `Usage: ${program} [options]`,
    '',
    'Options:',
    ...rows.map((row) => `${spelling(row)} -- ${row.help}`),
    '',
    'They override the [supervisord] section of the configuration file.',
    '',
  ].join('\n');
}

interface Row {
  readonly short: string;
  readonly long: string;
  /** Placeholder of the value; empty for a flag. */
  readonly argument: string;
  readonly help: string;
  /** Throws ConfigError. */
  readonly set: (value: string, host: ConfigHost) => CommandLineOverrides;
}

type OptionName = string;

const rows: readonly Row[] = [
  row('c', 'configuration', 'FILENAME', 'the configuration file (default: search the usual places)'),
  flag('n', 'nodaemon', 'stay in the foreground', { nodaemon: true }),
  flag('s', 'silent', 'do not copy the log to standard output', { silent: true }),
  row('h?', 'help', '', 'show this and exit'),
  row('v', 'version', '', 'show the version and exit'),
  valued('u', 'user', 'USER', 'become this user (name or number)', text, (user) => ({ user })),
  valued('m', 'umask', 'UMASK', 'file mode creation mask, octal', octal(), (umask) => ({ umask })),
  valued(
    'd',
    'directory',
    'DIRECTORY',
    'change to this directory in the background',
    existingDirectory,
    (directory) => ({
      directory,
    }),
  ),
  valued(
    'l',
    'logfile',
    'FILENAME',
    'the log; "syslog" for syslog, "journal" for systemd\'s',
    mainLogFile,
    (logfile) => ({ logfile }),
  ),
  valued('y', 'logfile_maxbytes', 'BYTES', 'rotate the log at this size', byteSize, (logfileMaxBytes) => ({
    logfileMaxBytes,
  })),
  valued('z', 'logfile_backups', 'NUM', 'how many rotated logs to keep', integer, (logfileBackups) => ({
    logfileBackups,
  })),
  valued('e', 'loglevel', 'LEVEL', logLevel.expects.en, logLevel, (loglevel) => ({ loglevel })),
  valued('j', 'pidfile', 'FILENAME', 'where to write the process id', absoluteFileInDirectory, (pidfile) => ({
    pidfile,
  })),
  valued('i', 'identifier', 'STR', 'the name of this supervisord', text, (identifier) => ({ identifier })),
  valued(
    'q',
    'childlogdir',
    'DIRECTORY',
    'where automatic logs of programs go',
    existingDirectory,
    (childlogdir) => ({
      childlogdir,
    }),
  ),
  flag('k', 'nocleanup', 'keep automatic logs of earlier runs', { nocleanup: true }),
  valued('a', 'minfds', 'NUM', 'file descriptors needed at least', integer, (minfds) => ({ minfds })),
  flag('t', 'strip_ansi', 'remove escape sequences from logs of programs', { stripAnsi: true }),
  valued('', 'minprocs', 'NUM', 'processes needed at least', integer, (minprocs) => ({ minprocs })),
  row('', 'profile_options', 'OPTIONS', 'accepted, but there is no profiler'),
];

/** An option that overrides nothing. */
function row(short: string, long: string, argument: string, help: string): Row {
  return { short, long, argument, help, set: () => ({}) };
}

function flag(short: string, long: string, help: string, overrides: CommandLineOverrides): Row {
  return { short, long, argument: '', help, set: () => overrides };
}

function valued<T>(
  short: string,
  long: string,
  argument: string,
  help: string,
  type: ValueType<T>,
  put: (value: T) => CommandLineOverrides,
): Row {
  return { short, long, argument, help, set: (value, host) => put(type.parse(value, host)) };
}

const specs: readonly OptionSpec<OptionName>[] = rows.map(({ short, long, argument }) => ({
  name: long,
  short,
  long,
  takesValue: argument !== '',
}));

const rowByName = new Map(rows.map((entry) => [entry.long, entry]));

function settingOf(
  { name, spelled, value }: GivenOption<OptionName>,
  host: ConfigHost,
): CommandLineOverrides {
  try {
    return rowByName.get(name)?.set(value, host) ?? {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`invalid value for ${spelled} ${pythonRepr(value)}: ${error.message}`);
  }
}

/** Uses the first letter only; `-?` is undocumented. */
function spelling({ short, long, argument }: Row): string {
  const [letter] = short;
  const names = letter === undefined ? `--${long}` : `-${letter}/--${long}`;
  return `${names} ${argument}`.trimEnd();
}
