// supervisorctl: the original's command line, for a single command or the interactive shell.
import { existsSync } from 'node:fs';
import type { Credentials, Server } from '../client/server-address.ts';
import { ConfigError } from '../config/config.ts';
import { findConfig } from '../config/locate-config.ts';
import { calledAs } from '../config/system-host.ts';
import { pythonRepr } from '../python/repr.ts';
import { type CommandLine, getopt, type OptionSpec, UsageError } from './getopt.ts';
import { print, printError } from './output.ts';
import { programName } from './program-name.ts';
import { execute } from './supervisorctl/execute.ts';
import { LineInput } from './supervisorctl/line-input.ts';
import type { Session } from './supervisorctl/session.ts';
import { defaultSettings, readSettings, type Settings } from './supervisorctl/settings.ts';

const usageStatus = 2;

type OptionName =
  | 'help'
  | 'configuration'
  | 'interactive'
  | 'serverurl'
  | 'username'
  | 'password'
  | 'history';

const optionSpecs: readonly OptionSpec<OptionName>[] = [
  { name: 'configuration', short: 'c', long: 'configuration', takesValue: true },
  { name: 'help', short: 'h?', long: 'help', takesValue: false },
  { name: 'interactive', short: 'i', long: 'interactive', takesValue: false },
  { name: 'serverurl', short: 's', long: 'serverurl', takesValue: true },
  { name: 'username', short: 'u', long: 'username', takesValue: true },
  { name: 'password', short: 'p', long: 'password', takesValue: true },
  // No effect, as in the original: the configuration's history_file applies.
  { name: 'history', short: 'r', long: 'history_file', takesValue: true },
];

/** Runs one command, or the shell without one. Resolves to the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const program = programName('supervisorctl');
  try {
    const commandLine = getopt(args, optionSpecs);
    const options = readOptions(commandLine);
    if (options.has('help')) {
      for (const line of usage(program)) print(line);
      return 0;
    }
    const configFile = options.get('configuration') ?? findConfig(calledAs(), existsSync);
    const settings = configFile === null ? defaultSettings : readSettings(configFile);
    return await runCommands(commandLine.rest, settings, options);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ConfigError)) throw error;
    printError(`Error: ${error.message}`);
    printError(`For help, use ${program} -h`);
    return usageStatus;
  }
}

type Options = ReadonlyMap<OptionName, string>;

/** From left to right: each setting once; help ends it. */
function readOptions({ given }: CommandLine<OptionName>): Options {
  const options = new Map<OptionName, string>();
  for (const { name, spelled, value } of given) {
    if (options.has(name)) throw new UsageError(`conflicting command line option ${pythonRepr(spelled)}`);
    if (name === 'serverurl' && !isUrl(value)) {
      throw new UsageError(
        `invalid value for ${spelled} ${pythonRepr(value)}: value ${pythonRepr(value)} is not a URL`,
      );
    }
    options.set(name, value);
    if (name === 'help') break;
  }
  return options;
}

/** A scheme followed by something. */
function isUrl(text: string): boolean {
  const [, rest = ''] = /^[a-z][a-z0-9+.-]*:(.*)$/is.exec(text) ?? [];
  return /^[^?#]/.test(rest.startsWith('//') ? rest.slice(2) : rest);
}

async function runCommands(words: readonly string[], settings: Settings, options: Options): Promise<number> {
  const questions = new LineInput();
  const session: Session = {
    server: serverOf(settings, options),
    exitStatus: 0,
    interactive: words.length === 0 || options.has('interactive'),
    questions,
    plugins: settings.plugins,
    ended: false,
  };
  try {
    if (words.length > 0) {
      await execute(session, words.join(' '));
      return session.exitStatus;
    }
    const { runShell } = await import('./supervisorctl/shell.ts');
    await runShell(session, questions, settings.prompt, settings.historyFile);
    return 0;
  } finally {
    questions.close();
  }
}

function serverOf(settings: Settings, options: Options): Server {
  const username = options.get('username') ?? settings.username;
  const password = options.get('password') ?? settings.password;
  const credentials: Credentials | null =
    username === null || password === null ? null : { username, password };
  return { url: options.get('serverurl') ?? settings.serverUrl, credentials };
}

function usage(program: string): string[] {
  return [
    'supervisorctl -- tell supervisord what to do, and ask it what it does.',
    '',
    `Usage: ${program} [options] [action [arguments]]`,
    '',
    'Options:',
    '-c/--configuration FILENAME -- the configuration file (default: search the usual places)',
    '-h/--help -- show this and exit',
    '-i/--interactive -- ask before shutdown and reload, and for a password where one is needed',
    '-s/--serverurl URL -- where supervisord listens: http://host:port or unix:///path',
    `     (without a configuration file "${defaultSettings.serverUrl}")`,
    '-u/--username USERNAME -- the user name, when the server asks for one',
    '-p/--password PASSWORD -- the password that belongs to it',
    '-r/--history_file FILENAME -- accepted for compatibility; the configuration names the file',
    '',
    'action [arguments] -- what is to be done; the action "help" lists all of them',
    '',
    'Without an action, a shell reads actions line by line.',
    '',
  ];
}
