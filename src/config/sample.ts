// Generates the sample configuration, every option with help and default, from the option table.
import type { Bilingual } from './config.ts';
import type { OptionDescription } from './options/option.ts';
import { type SectionKind, sectionKinds } from './options/sections.ts';

export type Language = keyof Bilingual;

export interface SampleRequest {
  readonly language: Language;
  /** Only what is needed to begin, without explanations. */
  readonly minimal: boolean;
  readonly paths: SamplePaths;
}

/** Paths of the daemon in a sample, and the files it includes; null for none. */
export interface SamplePaths {
  readonly socket: string;
  readonly logfile: string;
  readonly pidfile: string;
  readonly childlogdir: string | null;
  readonly files: string | null;
}

export const samplePaths = {
  /** As in the packages (packaging/supervisord.conf). */
  packaged: {
    socket: '/run/tsupervisor/supervisor.sock',
    logfile: '/var/log/tsupervisor/supervisord.log',
    pidfile: '/run/tsupervisor/supervisord.pid',
    childlogdir: '/var/log/tsupervisor',
    files: '/etc/supervisord.d/*.ini',
  },
  /** For root without package-made directories. Names differ from Debian's supervisor, which may run beside it. */
  root: {
    socket: '/run/tsupervisor.sock',
    logfile: '/var/log/tsupervisor.log',
    pidfile: '/run/tsupervisor.pid',
    childlogdir: '/var/log',
    files: 'supervisord.d/*.ini',
  },
  /** For ordinary users: everything beside the file, where no other user can write. */
  user: {
    socket: '%(here)s/supervisor.sock',
    logfile: '%(here)s/supervisord.log',
    pidfile: '%(here)s/supervisord.pid',
    childlogdir: '%(here)s',
    files: 'supervisord.d/*.ini',
  },
  /** As printed by the original. */
  original: {
    socket: '/tmp/supervisor.sock',
    logfile: '/tmp/supervisord.log',
    pidfile: '/tmp/supervisord.pid',
    childlogdir: null,
    files: null,
  },
} as const satisfies Record<string, SamplePaths>;

/** Ends with a newline. */
export function sampleConfig({ language, minimal, paths }: SampleRequest): string {
  const active = activeSettings(paths);
  const blocks = minimal
    ? minimalSections(active)
    : [heading[language], ...sectionKinds.map((kind) => section(kind, language, active))];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Settings that are not commented out: enough for a daemon that supervisorctl can talk to. */
type ActiveSettings = Readonly<Record<string, Readonly<Record<string, string>>>>;

function activeSettings({ socket, logfile, pidfile, childlogdir, files }: SamplePaths): ActiveSettings {
  return {
    supervisord: { logfile, pidfile, ...(childlogdir === null ? {} : { childlogdir }) },
    unix_http_server: { file: socket },
    'rpcinterface:': {
      'supervisor.rpcinterface_factory': 'supervisor.rpcinterface:make_main_rpcinterface',
    },
    supervisorctl: { serverurl: `unix://${socket}` },
    ...(files === null ? {} : { include: { files } }),
  };
}

const heading: Readonly<Record<Language, readonly string[]>> = {
  en: [
    '; A sample of every option, with its default.',
    ';',
    '; Lines that begin with ; are comments; to set an option, remove the ;. An inline comment needs a space before its ;.',
    '; Values may contain environment variables, such as %(ENV_HOME)s, and the directory of this file as',
    '; %(here)s; a literal percent sign is written %%. Options marked [tsupervisor] do not exist in the original Supervisor,',
    '; which ignores them.',
  ],
  zh: [
    '; 全部选项的示例及其默认值。',
    ';',
    '; 以 ; 开头的行是注释；要设置某个选项，去掉行首的 ; 即可。行内注释的 ; 之前必须有空白。',
    '; 值中可用 %(ENV_HOME)s 引用环境变量，用 %(here)s 表示本文件所在目录；百分号写作 %%。',
    '; 标有 [tsupervisor] 的选项是原版 Supervisor 没有的，它会忽略这些选项。',
  ],
};

function section(kind: SectionKind, language: Language, active: ActiveSettings): string[] {
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
    `; ${mark}${option.help[language]}${defaultText(option, language)}`,
    activeValue === undefined ? `;${setting}` : setting,
  ];
}

/** `(default: 10)`, `(required)`, or empty; Chinese has full-width punctuation. */
function defaultText(option: OptionDescription, language: Language): string {
  const { required, withDefault } = {
    en: { required: ' (required)', withDefault: (value: string) => ` (default: ${value})` },
    zh: { required: '（必需）', withDefault: (value: string) => `（默认：${value}）` },
  }[language];
  if (option.required) return required;
  const value = [option.default, option.defaultNote?.[language]].filter((text) => text).join(' ');
  return value === '' ? '' : withDefault(value);
}

export function isOurs(option: OptionDescription): boolean {
  return option.since.startsWith('tsupervisor');
}

function minimalSections(active: ActiveSettings): string[][] {
  return sectionKinds.flatMap((kind) => {
    const settings = active[kind.name];
    return settings ? [[`[${kind.sample}]`, ...Object.entries(settings).map((pair) => pair.join('='))]] : [];
  });
}
