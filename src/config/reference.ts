// Generates docs/configuration.md from the option table.
import type { Bilingual } from './config.ts';
import { visibleNames } from './expansion.ts';
import type { OptionDescription } from './options/option.ts';
import { type SectionKind, sectionKinds } from './options/sections.ts';
import { isOurs, type Language } from './sample.ts';

/** Markdown. Ends with a newline. */
export function configurationReference(language: Language): string {
  const words = texts[language];
  return `${[
    `# ${words.title}`,
    words.introduction,
    ...sectionKinds.map((kind) => section(kind, language)),
  ].join('\n\n')}\n`;
}

const texts = {
  en: {
    title: 'Configuration reference',
    introduction: [
      'Generated from the option table by `tsupervisor echo-conf --format markdown`; do not edit.',
      '',
      'Values may contain `%(name)s` for the names in their row; `ENV_*` stands for environment variables',
      '(`%(ENV_HOME)s`). A literal percent sign is written `%%`. Keys are not case-sensitive, section names are. Options whose',
      '"since" begins with *tsupervisor* do not exist in the original Supervisor, which ignores them.',
    ].join('\n'),
    columns: ['Option', 'Value', 'Default', 'Names', 'Since', 'Meaning'],
    required: '*required*',
    others: 'All other options of the section are arguments of the factory.',
  },
  zh: {
    title: '配置参考',
    introduction: [
      '由 `tsupervisor echo-conf --format markdown --lang zh` 根据选项表生成，请勿手工修改。',
      '',
      '每个值都可以用 `%(name)s` 引用该行“可用名称”中的名称；`ENV_*` 表示环境变量（`%(ENV_HOME)s`）。百分号写作 `%%`。',
      '选项名不区分大小写，节名区分大小写。“起始版本”一栏以 *tsupervisor* 开头的选项是本项目新增的，原版 Supervisor 会忽略它们。',
    ].join('\n'),
    columns: ['选项', '值', '默认值', '可用名称', '起始版本', '含义'],
    required: '*必需*',
    others: '该配置节的其他选项都作为工厂函数的参数。',
  },
} as const;

function section(kind: SectionKind, language: Language): string {
  const { columns, others } = texts[language];
  const rows = kind.options.map((option) => row(option, language));
  const table = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const note = kind.open ? ['', others] : [];
  return [`## [${kind.sample}]`, '', kind.help[language], '', ...table, ...note].join('\n');
}

function row(option: OptionDescription, language: Language): string[] {
  const names = visibleNames[option.names].map((name) => `\`${name}\``).join(' ');
  const since = isOurs(option) ? `*${option.since}*` : option.since;
  return [
    `\`${option.key}\``,
    cell(option.expects[language]),
    defaultCell(option, language),
    names,
    since,
    cell(option.help[language]),
  ];
}

function defaultCell(option: OptionDescription, language: Language): string {
  if (option.required) return texts[language].required;
  const value = option.default === null || option.default === '' ? '' : `\`${option.default}\``;
  return [value, note(option.defaultNote, language)].filter((text) => text !== '').join(' ');
}

function note(text: Bilingual | undefined, language: Language): string {
  return text ? cell(text[language]) : '';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}
