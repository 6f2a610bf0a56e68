// What supervisorctl goes by: its command line first, then the [supervisorctl] section, then defaults.
// Of the daemon's configuration nothing else is read.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../../config/config.ts';
import { decodeUtf8 } from '../../config/decode-utf8.ts';
import { IniDocument, readDialect, type Section } from '../../config/dialect.ts';
import { expand, type Knowledge, type NamesKind, namesOf } from '../../config/expansion.ts';
import { throwFirst } from '../../config/problems.ts';

export interface Settings {
  readonly serverUrl: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly prompt: string;
  /** Absolute; null when no history is kept. */
  readonly historyFile: string | null;
  /** `[ctlplugin:x]` sections: Python code, which we cannot load. */
  readonly plugins: readonly string[];
}

export const defaultSettings: Settings = {
  serverUrl: 'http://localhost:9001',
  username: null,
  password: null,
  prompt: 'supervisor',
  historyFile: null,
  plugins: [],
};

/** Reads the [supervisorctl] section of a file. Throws ConfigError. */
export function readSettings(path: string): Settings {
  const document = parse(path);
  const section = document.sections.get('supervisorctl');
  if (!section) throw new ConfigError('.ini file does not include supervisorctl section');
  const knowledge: Knowledge = {
    facts: new Map([['here', resolve(dirname(path))]]),
    environments: [environmentVariables()],
  };
  const read = (key: string, kind: NamesKind): string | null => {
    const setting = document.setting(section, key);
    if (!setting) return null;
    return expand(setting.text, `supervisorctl.${key}`, namesOf(kind, knowledge));
  };
  const serverUrl = read('serverurl', 'here') ?? defaultSettings.serverUrl;
  const historyFile = read('history_file', 'here');
  return {
    serverUrl: absoluteUrl(serverUrl),
    username: read('username', 'env'),
    password: read('password', 'env'),
    prompt: read('prompt', 'env') ?? defaultSettings.prompt,
    historyFile: historyFile ? resolve(expandHome(historyFile)) : null,
    plugins: plugins(document),
  };
}

function parse(path: string): IniDocument {
  if (!existsSync(path)) throw new ConfigError(`could not find config file ${path}`);
  const { text, error } = decodeUtf8(readBytes(path));
  if (error) throw error;
  const document = new IniDocument();
  readDialect(document, path, text, throwFirst);
  return document;
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    throw new ConfigError(`could not read config file ${path}`);
  }
}

function plugins(document: IniDocument): string[] {
  return document.sectionsStartingWith('ctlplugin:').map((section) => {
    requireFactory(document, section);
    return section.name.slice('ctlplugin:'.length);
  });
}

function requireFactory(document: IniDocument, section: Section): void {
  if (document.setting(section, 'supervisor.ctl_factory')) return;
  throw new ConfigError(`section [${section.name}] does not specify a supervisor.ctl_factory`);
}

function environmentVariables(): Map<string, string> {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) variables.set(name, value);
  }
  return variables;
}

function absoluteUrl(url: string): string {
  const scheme = 'unix://';
  return url.startsWith(scheme) ? scheme + resolve(expandHome(url.slice(scheme.length))) : url;
}

function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path;
}
