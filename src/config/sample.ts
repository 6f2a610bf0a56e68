// The sample configuration: every option with its help and default, made from the option table.
import type { Bilingual } from './config.ts';
import type { OptionDescription } from './options/option.ts';
import { type SectionKind, sectionKinds } from './options/sections.ts';

export type Language = keyof Bilingual;

/** With `minimal`, only what is needed to begin, without explanations. Ends with a newline. */
export function sampleConfig({ language, minimal }: { language: Language; minimal: boolean }): string {
  const blocks = minimal
    ? minimalSections()
    : [heading[language], ...sectionKinds.map((kind) => section(kind, language))];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What stands there without a `;`: enough for a daemon that supervisorctl can talk to. */
const active: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  supervisord: { logfile: '/tmp/supervisord.log', pidfile: '/tmp/supervisord.pid' },
  unix_http_server: { file: '/tmp/supervisor.sock' },
  'rpcinterface:': {
    'supervisor.rpcinterface_factory': 'supervisor.rpcinterface:make_main_rpcinterface',
  },
  supervisorctl: { serverurl: 'unix:///tmp/supervisor.sock' },
};

const heading: Readonly<Record<Language, readonly string[]>> = {
  en: [
    '; A sample of every option, with its default.',
    ';',
    '; Lines that begin with ; are comments; to set an option, take the ; away. A comment behind a value needs a blank',
    '; before its ;. Values may name variables of the environment as %(ENV_HOME)s, and the directory of this file as',
    '; %(here)s; a percent sign is written %%. Options marked [tsupervisor] are unknown to the original Supervisor,',
    '; which ignores them.',
  ],
  zh: [
    '; 全部选项的示例及其默认值。',
    ';',
    '; 以 ; 开头的行是注释；要设置某个选项，去掉行首的 ; 即可。写在值后面的注释，; 之前必须有空白。',
    '; 值中可用 %(ENV_HOME)s 引用环境变量，用 %(here)s 表示本文件所在目录；百分号写作 %%。',
    '; 标有 [tsupervisor] 的选项是原版 Supervisor 没有的，它会忽略这些选项。',
  ],
};

function section(kind: SectionKind, language: Language): string[] {
  const settings = active[kind.name];
  return [
    `; ${kind.help[language]}`,
    `${settings ? '' : ';'}[${kind.sample}]`,
    ...kind.options.flatMap((option) => optionLines(option, settings?.[option.key], language)),
  ];
}

function optionLines(
  option: OptionDescription,
  activeValue: string | undefined,
  language: Language,
): string[] {
  const mark = isOurs(option) ? '[tsupervisor] ' : '';
  const setting = `${option.key}=${activeValue ?? option.example ?? option.default ?? ''}`;
  return [
    `; ${mark}${option.help[language]} ${defaultText(option, language)}`.trimEnd(),
    activeValue === undefined ? `;${setting}` : setting,
  ];
}

/** `(default 10)`, `(required)`, or nothing when there is nothing to say. */
function defaultText(option: OptionDescription, language: Language): string {
  const words = {
    en: { default: 'default', required: 'required' },
    zh: { default: '默认', required: '必需' },
  }[language];
  if (option.required) return `(${words.required})`;
  const value = [option.default, option.defaultNote?.[language]].filter((text) => text).join(' ');
  return value === '' ? '' : `(${words.default} ${value})`;
}

export function isOurs(option: OptionDescription): boolean {
  return option.since.startsWith('tsupervisor');
}

function minimalSections(): string[][] {
  const sections = sectionKinds.flatMap((kind) => {
    const settings = active[kind.name];
    return settings ? [[`[${kind.sample}]`, ...Object.entries(settings).map((pair) => pair.join('='))]] : [];
  });
  return [...sections, ['[include]', 'files=supervisord.d/*.ini']];
}
