// The mistakes in a configuration as people read them: with their lines underlined, and a summary.
import type { Diagnostic } from '../../config/diagnostic.ts';
import { excerpt } from '../../config/excerpt.ts';
import type { ConfigHost } from '../../config/host.ts';
import { printable } from '../../doctor/facts/printable.ts';
import type { Language } from '../../doctor/language.ts';
import { coloured } from './style.ts';

/** The last line counts them. `path`: the configuration file. */
export function mistakeLines(
  path: string,
  mistakes: readonly Diagnostic[],
  host: ConfigHost,
  language: Language,
): string[] {
  const sources = new Map<string, string>();
  return [
    ...mistakes.flatMap((mistake) => linesOf(mistake, sources, host, language)),
    `${path}${words[language].colon}${summary(mistakes, language)}`,
  ];
}

function linesOf(
  { severity, message, position, text, remedy }: Diagnostic,
  sources: Map<string, string>,
  host: ConfigHost,
  language: Language,
): string[] {
  const said = words[language];
  const place = position ? `${printable(`${position.file}:${position.line}`)}: ` : '';
  const kind = coloured(said[severity], severity === 'error' ? 'red' : 'yellow');
  const [first = '', ...more] = message[language].split('\n').map(printable);
  const lines = [`${place}${kind}${said.colon}${first}`, ...more.map((line) => `    ${line}`)];
  const source = position && sourceOf(position.file, sources, host);
  const [line, marks] = (source && excerpt(source, position.line, text)) || [];
  if (line !== undefined && marks !== undefined)
    lines.push(`    ${printable(line)}`, `    ${coloured(marks, severity === 'error' ? 'red' : 'yellow')}`);
  if (remedy)
    lines.push(`    ${isQuestion(remedy) || text === null ? '' : said.expected}${remedy[language]}`);
  return lines;
}

function isQuestion({ en }: NonNullable<Diagnostic['remedy']>): boolean {
  return en.endsWith('?');
}

const words = {
  en: { error: 'error', warning: 'warning', colon: ': ', expected: 'expected: ', none: 'no mistakes found' },
  zh: { error: '错误', warning: '警告', colon: '：', expected: '应为：', none: '未发现错误' },
} as const;

function sourceOf(file: string, sources: Map<string, string>, host: ConfigHost): string {
  const known = sources.get(file);
  if (known !== undefined) return known;
  let source = '';
  try {
    source = new TextDecoder().decode(host.readFile(file));
  } catch {
    // The excerpt is omitted if the file cannot be read; the diagnostic is shown anyway.
  }
  sources.set(file, source);
  return source;
}

function summary(mistakes: readonly Diagnostic[], language: Language): string {
  const errors = mistakes.filter(({ severity }) => severity === 'error').length;
  const warnings = mistakes.length - errors;
  if (mistakes.length === 0) return words[language].none;
  if (language === 'zh')
    return [`${errors} 个错误`, `${warnings} 个警告`].filter((text) => !text.startsWith('0')).join('，');
  return [counted(errors, 'error'), counted(warnings, 'warning')].filter((text) => text !== '').join(', ');
}

function counted(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
}
