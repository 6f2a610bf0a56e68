// Configuration files that others may read or change: readable passwords, and commands that root would run.
import type { Bilingual } from '../config.ts';
import { type Diagnostic, nothingKnown } from '../diagnostic.ts';
import type { ConfigHost, FileFacts } from '../host.ts';
import { directoryOf, toAbsolute } from '../values/paths.ts';
import { aboutSetting, type Suspect } from './suspect.ts';

const othersRead = 0o004;
const othersWrite = 0o002;
const othersSearch = 0o001;
const stickyBit = 0o1000;

export function suspiciousRights(suspect: Suspect): Diagnostic[] {
  return [...readablePasswords(suspect), ...writablePlaces(suspect)];
}

/** One warning per file, at its first clear-text password. */
function readablePasswords({ document, host }: Suspect): Diagnostic[] {
  const told = new Set<string>();
  return [...document.sections.values()].flatMap((section) => {
    if (!/^(?:inet_http_server|unix_http_server|supervisorctl$)/.test(section.name)) return [];
    const setting = document.setting(section, 'password');
    if (!setting || /^(?:$|\{SHA\}|%\(ENV_)/.test(setting.text) || told.has(setting.position.file)) return [];
    const { file } = setting.position;
    if (!everyoneMayRead(toAbsolute(file, host), host)) return [];
    told.add(file);
    return [
      aboutSetting(
        section,
        setting,
        { en: `every user of this machine can read this password`, zh: `本机所有用户都能读到这个密码` },
        {
          en: `make ${file} readable only for its users: chmod o-r`,
          zh: `只让需要的用户能读 ${file}：chmod o-r`,
        },
      ),
    ];
  });
}

function everyoneMayRead(path: string, host: ConfigHost): boolean {
  const file = host.factsOf(path);
  return (
    has(file, othersRead) && ancestors(path).every((directory) => has(host.factsOf(directory), othersSearch))
  );
}

/** Files that are read, and directories that [include] searches. */
function writablePlaces({ files, patterns, host }: Suspect): Diagnostic[] {
  const read = files.map((file) => toAbsolute(file, host));
  const searched = patterns.filter((pattern) => /[*?[]/.test(pattern)).map(searchedDirectory);
  const places = new Set([...searched, ...read]);
  const open = [...places].flatMap((place) => {
    const parents = ancestors(place).filter((directory) => isReplaceable(host.factsOf(directory)));
    return [...parents, ...(has(host.factsOf(place), othersWrite) ? [place] : [])].slice(0, 1);
  });
  return [...new Set(open)].map(writable);
}

function writable(open: string): Diagnostic {
  const message: Bilingual = {
    en: `every user can write ${open}, and so decide what supervisord runs`,
    zh: `所有用户都能写入 ${open}，从而决定 supervisord 运行什么`,
  };
  return {
    ...nothingKnown,
    severity: 'warning',
    message,
    remedy: { en: `chmod o-w for ${open}`, zh: `对 ${open} 执行 chmod o-w` },
  };
}

/** The directory part of a pattern before the first wildcard. */
function searchedDirectory(pattern: string): string {
  return directoryOf(pattern.slice(0, pattern.search(/[*?[]/)));
}

/** Whether another user could replace an entry of the directory. */
function isReplaceable(facts: FileFacts | 'absent' | 'unknown'): boolean {
  return has(facts, othersWrite) && !has(facts, stickyBit);
}

function has(facts: FileFacts | 'absent' | 'unknown', bit: number): boolean {
  return typeof facts !== 'string' && (facts.mode & bit) !== 0;
}

/** The directories of an absolute path, innermost first. */
function ancestors(path: string): string[] {
  const all: string[] = [];
  for (let directory = directoryOf(path); ; directory = directoryOf(directory)) {
    all.push(directory === '' ? '/' : directory);
    if (directory === '/' || directory === '') return all;
  }
}
