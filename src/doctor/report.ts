// The doctor's output: findings as text, or as JSON for scripts.
import { printable } from './facts/printable.ts';
import type { Finding } from './finding.ts';
import type { Language } from './language.ts';
import { ownDaemon, type View } from './machine-facts.ts';

const words = {
  en: {
    colon: ': ',
    configuration: 'configuration',
    daemon: 'daemon',
    server: 'server',
    none: 'none',
    unseen: (pid: number) => `pid ${pid} responds, but no supervisord with that pid is visible here`,
    noSystemd: 'systemd is not running here',
    why: 'why',
    remedy: 'to do',
    well: 'no problems found',
    count: (count: number) => (count === 1 ? '1 finding' : `${count} findings`),
  },
  zh: {
    colon: '：',
    configuration: '配置文件',
    daemon: '守护进程',
    server: '服务器',
    none: '无',
    unseen: (pid: number) => `pid ${pid} 有应答，但在此处看不到该 pid 的 supervisord`,
    noSystemd: '此处没有运行 systemd',
    why: '原因',
    remedy: '解决办法',
    well: '未发现问题',
    count: (count: number) => `发现 ${count} 个问题`,
  },
} as const;

export function reportAsText(view: View, findings: readonly Finding[], language: Language): string[] {
  return [
    ...daemon(view, language),
    ...findings.flatMap((finding, index) => ['', ...findingLines(finding, index + 1, language)]),
    '',
    findings.length === 0 ? words[language].well : words[language].count(findings.length),
  ];
}

export function reportAsJson(view: View, findings: readonly Finding[], language: Language): string {
  const { configuration, answer, units } = view;
  return JSON.stringify(
    {
      ok: findings.length === 0,
      configuration: configuration.kind === 'found' ? configuration.path : null,
      daemonPid: ownDaemon(view)?.pid ?? null,
      server: answer.url,
      systemd: units !== null,
      findings: findings.map(({ id, what, why, remedy }) => ({
        id,
        what: what[language],
        why: why[language],
        remedy: remedy[language],
      })),
    },
    null,
    2,
  );
}

/** What was examined, so that a wrong configuration or daemon is noticed early. */
function daemon(view: View, language: Language): string[] {
  const said = words[language];
  const { configuration, answer, units } = view;
  const daemon = ownDaemon(view);
  return [
    `${said.configuration}${said.colon}${configuration.kind === 'found' ? configuration.path : said.none}`,
    `${said.daemon}${said.colon}${daemon ? `pid ${daemon.pid}, ${daemon.commandLine}` : answer.kind === 'answered' ? said.unseen(answer.pid) : said.none}`,
    `${said.server}${said.colon}${answer.url}`,
    units === null
      ? `systemd${said.colon}${said.noSystemd}`
      : `systemd${said.colon}${
          units
            .filter(({ loadState }) => loadState !== 'not-found')
            .map(({ name, activeState, fileState }) => `${name} ${activeState} ${fileState}`)
            .join(', ') || said.none
        }`,
  ];
}

/** Names of configurations, files and processes are untrusted. */
function findingLines({ what, why, remedy }: Finding, number: number, language: Language): string[] {
  const said = words[language];
  const [firstWhy = '', ...moreWhy] = why[language].split('\n');
  return [
    `${number}. ${what[language]}`,
    `   ${said.why}${said.colon}${firstWhy}`,
    ...moreWhy.map((line) => `   ${line}`),
    `   ${said.remedy}${said.colon.trim()}`,
    ...remedy[language].split('\n').map((line) => `       ${line}`),
  ].map(printable);
}
