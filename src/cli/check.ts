// `tsupervisor check`: every mistake in a configuration at once; with --diff also the effect of an update.
import { existsSync } from 'node:fs';
import type { ConfigChanges } from '../client/process-info.ts';
import { type CheckResult, checkConfig } from '../config/check.ts';
import type { Diagnostic } from '../config/diagnostic.ts';
import { excerpt } from '../config/excerpt.ts';
import type { ConfigHost } from '../config/host.ts';
import { requireConfig } from '../config/locate-config.ts';
import { calledAs, systemHost } from '../config/system-host.ts';
import { printable } from '../doctor/facts/printable.ts';
import { type Language, languageOf } from '../doctor/language.ts';
import { print } from './output.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';
import { warnOfLocalConfig } from './shared/search-warning.ts';
import { coloured } from './shared/style.ts';

/**
 * Resolves to the exit status: 0 for a valid configuration, 2 for one that supervisord refuses, 1 for warnings with
 * --strict.
 */
export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand(
    'check',
    'Look for mistakes in a configuration; nothing is started or changed.',
  )
    .argument('[file]', 'the configuration file, as with -c')
    .option('--strict', 'fail on warnings, too')
    .option('--json', 'output JSON, for scripts')
    .option('--lang <language>', 'language of the report: en or zh (default: the language of LANG)')
    .option(
      '--diff',
      'also make the running supervisord reread its configuration, and show what an update would do',
    )
    .action(async (file, options) => {
      const host = systemHost();
      warnOfLocalConfig(options.configuration ?? file);
      const path = options.configuration ?? file ?? requireConfig(calledAs(), existsSync);
      const result = checkConfig({ path, overrides: {}, host });
      const language = languageOf(options.lang, process.env);
      const report = (changes: ConfigChanges | null) =>
        (options.json ? reportAsJson : reportAsText)({ path, result, changes, host, language });
      status = statusOf(result, options.strict === true);
      if (!isGood(result) || !options.diff) return report(null);
      const asked = await withServer({ ...options, configuration: path }, async (client) => {
        report(await client.reloadConfig());
        return exitStatuses.done;
      });
      if (asked !== exitStatuses.done) status = asked;
    });
  return runControl(command, args, () => status);
}

function isGood({ mistakes }: CheckResult): boolean {
  return mistakes.every(({ severity }) => severity === 'warning');
}

function statusOf(result: CheckResult, isStrict: boolean): number {
  if (!isGood(result)) return exitStatuses.usage;
  return isStrict && result.mistakes.length > 0 ? exitStatuses.failed : exitStatuses.done;
}

interface Report {
  readonly path: string;
  readonly result: CheckResult;
  readonly changes: ConfigChanges | null;
  readonly host: ConfigHost;
  readonly language: Language;
}

function reportAsJson({ path, result, changes, language }: Report): void {
  const shown = result.mistakes.map(({ position, message, remedy, absence: _, ...rest }) => ({
    ...rest,
    message: message[language],
    file: position?.file ?? null,
    line: position?.line ?? null,
    remedy: remedy?.[language] ?? null,
  }));
  const difference = changes === null ? {} : { difference: changes };
  print(JSON.stringify({ path, ok: isGood(result), findings: shown, ...difference }, null, 2));
}

function reportAsText({ path, result, changes, host, language }: Report): void {
  const sources = new Map<string, string>();
  for (const mistake of result.mistakes)
    for (const line of mistakeLines(mistake, sources, host, language)) print(line);
  print(`${path}${words[language].colon}${summary(result.mistakes, language)}`);
  if (changes !== null) for (const line of changeLines(changes)) print(line);
}

function mistakeLines(
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

function changeLines({ added, changed, removed }: ConfigChanges): string[] {
  const lines = [
    ...added.map((name) => `would add ${name}`),
    ...changed.map((name) => `would stop, change and start ${name}`),
    ...removed.map((name) => `would stop and remove ${name}`),
  ];
  return lines.length > 0 ? lines : ['an update would change nothing'];
}
