// Is there a configuration, and is it valid?
import { dirname } from 'node:path';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { both, type Finding, shellWord } from '../finding.ts';
import { clientCommand, ownDaemon, type View } from '../machine-facts.ts';
import { explainAbsence } from './absence.ts';

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
      why: {
        en: `${reason}; but a daemon is running with ${used}`,
        zh: `${reason}；但有守护进程正在使用 ${used}`,
      },
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

/** Errors for files that cannot be read at all, matched by message. */
const unreadable: readonly {
  readonly pattern: RegExp;
  readonly explain: (path: string) => Omit<Finding, 'why'>;
}[] = [
  {
    pattern: /^could not find config file (.+)$/s,
    explain: (path) => ({
      id: 'configuration-not-found',
      what: { en: `${path} does not exist`, zh: `${path} 不存在` },
      remedy: {
        en: `ls -l ${shellWord(dirname(path))}\ntsupervisor echo-conf --minimal >${shellWord(path)}   # creates one`,
        zh: `ls -l ${shellWord(dirname(path))}\ntsupervisor echo-conf --minimal --lang zh >${shellWord(path)}   # 生成一份最小配置`,
      },
    }),
  },
  {
    pattern: /^could not read config file (.+)$/s,
    explain: (path) => ({
      id: 'configuration-not-found',
      what: {
        en: `${path} is not a file, or you have no permission to read it`,
        zh: `${path} 不是文件，或当前用户无权读取`,
      },
      remedy: both(`ls -ld ${shellWord(path)}\nsudo tsupervisor doctor -c ${shellWord(path)}`),
    }),
  },
];

export function explainDiagnostic(mistake: Diagnostic, path: string): Finding {
  const { position, message, original, absence } = mistake;
  const where = position ? `${position.file}:${position.line}: ` : '';
  const why = { en: `${where}${message.en}`, zh: `${where}${message.zh}` };
  const absent = absence && explainAbsence(absence, mistake);
  if (absent) return { ...absent, why };
  for (const { pattern, explain } of unreadable) {
    const words = pattern.exec(original ?? '');
    if (words) return { ...explain(words[1] ?? ''), why };
  }
  const check = `tsupervisor check -c ${shellWord(path)}`;
  const right = mistake.remedy;
  return {
    id: 'configuration-mistake',
    what: {
      en: 'the configuration has a mistake: the daemon cannot start',
      zh: '配置有错误，守护进程无法启动',
    },
    why,
    remedy: {
      en: right ? `# expected: ${right.en}\n${check}` : check,
      zh: right ? `# 应为：${right.zh}\n${check} --lang zh` : `${check} --lang zh`,
    },
  };
}

/** The daemon that listens on our sockets uses a different file. */
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

/** Groups in the file that the daemon does not have, or vice versa. */
function notLoaded(view: View): Finding[] {
  const { configuration, answer, programs } = view;
  if (configuration.kind === 'none' || !configuration.config || answer.kind !== 'answered') return [];
  if (configuration.mistakes.length > 0) return [];
  const wanted = new Set(configuration.config.groups.map(({ name }) => name));
  const known = new Set(programs.map(({ info }) => info.group));
  const added = [...wanted].filter((name) => !known.has(name));
  const removed = [...known].filter((name) => !wanted.has(name));
  if (added.length + removed.length === 0) return [];
  const listed = (separator: string, newWord: string, goneWord: string) =>
    [
      added.length > 0 && `${newWord}${added.join(', ')}`,
      removed.length > 0 && `${goneWord}${removed.join(', ')}`,
    ]
      .filter(Boolean)
      .join(separator);
  return [
    {
      id: 'configuration-not-in-force',
      what: {
        en: 'the configuration has changed since the daemon read it',
        zh: '守护进程读取配置之后，配置又有修改，尚未生效',
      },
      why: { en: listed('; ', 'new: ', 'removed: '), zh: listed('；', '新增：', '已删除：') },
      remedy: both(clientCommand(view, 'update')),
    },
  ];
}
