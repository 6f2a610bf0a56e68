// Is there a configuration, and would a daemon take it?
import { dirname } from 'node:path';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { type Bilingual, both, type Finding, type FindingId, shellWord } from '../finding.ts';
import { clientCommand, ownDaemon, type View } from '../machine-facts.ts';
import { makeDirectory } from '../make-directory.ts';

export function checkConfiguration(view: View): Finding[] {
  const { configuration } = view;
  if (configuration.kind === 'none') return [notFound(configuration.reason, view)];
  return [
    ...configuration.mistakes.map((mistake) => explainDiagnostic(mistake, configuration.path)),
    ...otherConfiguration(view, configuration.path),
    ...notLoaded(view),
  ];
}

function notFound(reason: string, view: View): Finding {
  const used = view.daemons
    .filter(({ isTrusted }) => isTrusted)
    .map(({ configPath }) => configPath)
    .find((path) => path !== null);
  if (used)
    return {
      id: 'configuration-not-found',
      what: { en: 'no configuration in the usual places', zh: '常用位置没有配置文件' },
      why: { en: `${reason}; but a daemon runs with ${used}`, zh: `${reason}；但有守护进程正在使用 ${used}` },
      remedy: both(`tsupervisor doctor -c ${shellWord(used)}`),
    };
  return {
    id: 'configuration-not-found',
    what: { en: 'no configuration in the usual places', zh: '常用位置没有配置文件' },
    why: both(reason),
    remedy: {
      en: 'tsupervisor echo-conf --minimal >/etc/supervisord.conf   # or name yours with -c FILE',
      zh: 'tsupervisor echo-conf --minimal --lang zh >/etc/supervisord.conf   # 或用 -c 指定文件',
    },
  };
}

interface Explanation {
  readonly id: FindingId;
  readonly what: Bilingual;
  readonly remedy: Bilingual;
}

/** Mistakes that are not in the file but in the machine; by the words of the message. */
const explanations: readonly {
  readonly pattern: RegExp;
  readonly explain: (words: RegExpExecArray) => Explanation;
}[] = [
  {
    pattern: /The directory named as part of the path (\S+) does not exist/,
    explain: ([, path = '']) => missingDirectory(path.replace(/\/[^/]*$/, '') || '/'),
  },
  { pattern: /(\S+) is not an existing directory/, explain: ([, path = '']) => missingDirectory(path) },
  {
    pattern: /Invalid user name (\S+?)(?: in section|$|,)/,
    explain: ([, name = '']) => missingUser(name.replaceAll(/^['"]|['"]$/g, '')),
  },
  {
    pattern: /could not find config file (.+)/,
    explain: ([, path = '']) => ({
      id: 'configuration-not-found',
      what: { en: `there is no file ${path}`, zh: `没有文件 ${path}` },
      remedy: {
        en: `ls -l ${shellWord(dirname(path))}\ntsupervisor echo-conf --minimal >${shellWord(path)}   # writes a first one`,
        zh: `ls -l ${shellWord(dirname(path))}\ntsupervisor echo-conf --minimal --lang zh >${shellWord(path)}   # 写入一个初始配置`,
      },
    }),
  },
  {
    pattern: /could not read config file (.+)/,
    explain: ([, path = '']) => ({
      id: 'configuration-not-found',
      what: {
        en: `${path} is no file, or you may not read it`,
        zh: `${path} 不是文件，或当前用户无权读取`,
      },
      remedy: both(`ls -ld ${shellWord(path)}\nsudo tsupervisor doctor -c ${shellWord(path)}`),
    }),
  },
  { pattern: /Invalid user id (\d+)/, explain: ([, id = '']) => missingUserId(id) },
];

function missingUserId(id: string): Explanation {
  return {
    id: 'user-missing',
    what: { en: `there is no user with the number ${id}`, zh: `没有编号为 ${id} 的用户` },
    remedy: both(`useradd --system --uid ${id} --shell /usr/sbin/nologin NAME`),
  };
}

function missingDirectory(directory: string): Explanation {
  return {
    id: 'directory-missing',
    what: { en: `the directory ${directory} does not exist`, zh: `目录 ${directory} 不存在` },
    remedy: both(makeDirectory(directory)),
  };
}

function missingUser(name: string): Explanation {
  return {
    id: 'user-missing',
    what: { en: `there is no user ${name}`, zh: `用户 ${name} 不存在` },
    remedy: both(`useradd --system --shell /usr/sbin/nologin ${shellWord(name)}`),
  };
}

export function explainDiagnostic(mistake: Diagnostic, path: string): Finding {
  const { position, message } = mistake;
  const where = position ? `${position.file}:${position.line}: ` : '';
  const why = both(`${where}${message}`);
  for (const { pattern, explain } of explanations) {
    const words = pattern.exec(message);
    if (words) return { ...explain(words), why };
  }
  const check = `tsupervisor check -c ${shellWord(path)}`;
  const right = mistake.remedy;
  return {
    id: 'configuration-mistake',
    what: {
      en: 'the configuration has a mistake: no daemon starts with it',
      zh: '配置有错误，守护进程无法启动',
    },
    why,
    remedy: {
      en: right ? `# expected: ${right.en}\n${check}` : check,
      zh: right ? `# 应为：${right.zh}\n${check} --lang zh` : `${check} --lang zh`,
    },
  };
}

/** The one behind our sockets reads another file. */
function otherConfiguration(view: View, path: string): Finding[] {
  const used = ownDaemon(view);
  if (!used || used.configPath === null || used.configPath === path) return [];
  return [
    {
      id: 'configuration-not-the-daemons',
      what: {
        en: `the daemon (pid ${used.pid}) runs with ${used.configPath}, not with ${path}`,
        zh: `守护进程（pid ${used.pid}）使用的是 ${used.configPath}，而不是 ${path}`,
      },
      why: both(used.commandLine),
      remedy: both(
        used.isTrusted ? `tsupervisor doctor -c ${shellWord(used.configPath)}` : `ps -fp ${used.pid}`,
      ),
    },
  ];
}

/** Groups of the file that the daemon does not have, or the other way round. */
function notLoaded(view: View): Finding[] {
  const { configuration, answer, programs } = view;
  if (configuration.kind === 'none' || !configuration.config || answer.kind !== 'answered') return [];
  if (configuration.mistakes.length > 0) return [];
  const wanted = new Set(configuration.config.groups.map(({ name }) => name));
  const known = new Set(programs.map(({ info }) => info.group));
  const added = [...wanted].filter((name) => !known.has(name));
  const removed = [...known].filter((name) => !wanted.has(name));
  if (added.length + removed.length === 0) return [];
  const names = [...added.map((name) => `+${name}`), ...removed.map((name) => `-${name}`)].join(' ');
  return [
    {
      id: 'configuration-not-in-force',
      what: {
        en: 'the configuration was changed, and the daemon does not know',
        zh: '配置已修改，但尚未生效',
      },
      why: both(names),
      remedy: both(`${clientCommand(view)} update`),
    },
  ];
}
