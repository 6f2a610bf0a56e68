// Values that name files and directories.
import { type Absence, ConfigError, type SupervisordConfig } from '../config.ts';
import type { ConfigHost } from '../host.ts';
import { isOwnDirectory } from '../own-directories.ts';
import type { ValueType } from './value-type.ts';

export const existingDirectory: ValueType<string> = {
  expects: { en: 'an existing directory', zh: '已存在的目录' },
  parse(value, host) {
    const path = expandUser(value, host);
    if (isUsable(path, host)) return path;
    throw ConfigError.absent(`${value} is not an existing directory`, absentDirectory(path, host));
  },
  format: (path) => path,
};

/** A path taken literally whose directory exists. */
const fileInDirectory: ValueType<string> = {
  expects: { en: 'a file name in an existing directory', zh: '位于已存在目录中的文件名' },
  parse(value, host) {
    const path = expandUser(value, host);
    const directory = directoryOf(path);
    if (directory === '' || isUsable(directory, host)) return path;
    throw ConfigError.absent(
      `The directory named as part of the path ${value} does not exist`,
      absentDirectory(directory, host),
    );
  },
  format: (path) => path,
};

/** Why `path`, after expandUser, is not a directory. */
function absentDirectory(path: string, host: ConfigHost): Absence {
  const [, name] = /^~([^/]*)/.exec(path) ?? [];
  if (name !== undefined) return { kind: 'home', name };
  const absolute = toAbsolute(path, host);
  let ancestor = absolute;
  while (ancestor !== '/' && ancestor !== '' && !host.exists(ancestor)) ancestor = directoryOf(ancestor);
  return { kind: 'directory', path: absolute, obstacle: host.isDirectory(ancestor) ? null : ancestor };
}

/** A path made absolute; need not exist. */
export const absolutePath: ValueType<string> = {
  expects: { en: 'a path', zh: '路径' },
  parse: (value, host) => toAbsolute(value, host),
  format: (path) => path,
};

export const absoluteFileInDirectory: ValueType<string> = {
  expects: fileInDirectory.expects,
  parse: (value, host) => toAbsolute(fileInDirectory.parse(value, host), host),
  format: (path) => path,
};

export const mainLogFile: ValueType<SupervisordConfig['logfile']> = {
  expects: {
    en: 'a file name in an existing directory, syslog, or journal',
    zh: '位于已存在目录中的文件名、syslog 或 journal',
  },
  parse: (value, host) =>
    value === 'syslog' || value === 'journal'
      ? { kind: value }
      : { kind: 'file', path: absoluteFileInDirectory.parse(value, host) },
  format: formatLogFile,
};

/** `empty`: the option has no value, which means `none` for programs and '' for clients. */
export type ChildLogFile =
  | { readonly kind: 'none' | 'empty' }
  | { readonly kind: 'auto' }
  | { readonly kind: 'journal' }
  | { readonly kind: 'file'; readonly path: string };

/** `syslog` is an older spelling of the same. */
export type ChildLogChoice = ChildLogFile | { readonly kind: 'syslog' };

export const childLogFile: ValueType<ChildLogChoice> = {
  expects: {
    en: 'AUTO, NONE, journal, or a file name in an existing directory',
    zh: 'AUTO、NONE、journal，或位于已存在目录中的文件名',
  },
  parse(value, host) {
    switch (value.toUpperCase()) {
      case 'NONE':
      case 'OFF':
        return { kind: 'none' };
      case '':
        return { kind: 'empty' };
      case 'AUTO':
        return { kind: 'auto' };
      case 'SYSLOG':
        return { kind: 'syslog' };
      case 'JOURNAL':
        return { kind: 'journal' };
      default:
        return { kind: 'file', path: fileInDirectory.parse(value, host) };
    }
  },
  format: formatLogFile,
};

/** The path of a file, or the word for anything else. */
function formatLogFile(logfile: ChildLogChoice): string {
  if (logfile.kind === 'file') return logfile.path;
  return logfile.kind === 'empty' ? '' : logfile.kind.toUpperCase();
}

/** It exists, or the daemon creates it at start. */
function isUsable(directory: string, host: ConfigHost): boolean {
  return host.isDirectory(directory) || (host.uid === 0 && isOwnDirectory(directory));
}

/** os.path.abspath after os.path.expanduser. */
export function toAbsolute(path: string, host: ConfigHost): string {
  return normalize(absoluteIn(host.cwd, expandUser(path, host)));
}

/** os.path.dirname. */
export function directoryOf(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return head.replace(/\/+$/, '') || head;
}

/** os.path.join of two. */
export function absoluteIn(directory: string, path: string): string {
  if (path.startsWith('/') || directory === '') return path;
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`;
}

/** os.path.normpath: keeps exactly two leading slashes, since POSIX gives them a meaning. */
function normalize(path: string): string {
  const slashes = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (slashes === '') parts.push(part);
  }
  return slashes + parts.join('/') || '.';
}

/** os.path.expanduser: `~` and `~user`; the path of an unknown user is unchanged. */
function expandUser(path: string, host: ConfigHost): string {
  if (!path.startsWith('~')) return path;
  const end = path.indexOf('/') < 0 ? path.length : path.indexOf('/');
  const name = path.slice(1, end);
  const home = name === '' ? (host.env.HOME ?? host.userById(host.uid)?.home) : host.userByName(name)?.home;
  if (home === undefined) return path;
  return home.replace(/\/+$/, '') + path.slice(end) || '/';
}
