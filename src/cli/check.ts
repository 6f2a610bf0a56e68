// `tsupervisor check`: every mistake in a configuration at once; with --diff also what an update would do.
import { existsSync } from 'node:fs';
import type { ConfigChanges } from '../client/process-info.ts';
import { type CheckResult, checkConfig } from '../config/check.ts';
import type { Diagnostic } from '../config/diagnostic.ts';
import { excerpt } from '../config/excerpt.ts';
import type { ConfigHost } from '../config/host.ts';
import { requireConfig } from '../config/locate-config.ts';
import { calledAs, systemHost } from '../config/system-host.ts';
import { type Language, languageOf } from '../doctor/language.ts';
import { print } from './output.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';

/** Resolves to the exit status: 0 for a good configuration, 2 for one that supervisord would refuse. */
export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand(
    'check',
    'Look for mistakes in a configuration; nothing is started or changed.',
  )
    .option('--json', 'as JSON, for programs')
    .option('--lang <language>', 'language of the advice: en or zh (default: the language of LANG)')
    .option('--diff', 'let the running supervisord read its configuration, and tell what an update would do')
    .action(async (options) => {
      const host = systemHost();
      const path = options.configuration ?? requireConfig(calledAs(), existsSync);
      const result = checkConfig({ path, overrides: {}, host });
      const isGood = result.mistakes.every(({ severity }) => severity === 'warning');
      const report = options.json ? reportAsJson : reportAsText;
      status = isGood ? exitStatuses.done : exitStatuses.usage;
      if (!isGood || !options.diff)
        return report(path, result, null, host, languageOf(options.lang, process.env));
      status = await withServer({ ...options, configuration: path }, async (client) => {
        report(path, result, await client.reloadConfig(), host, languageOf(options.lang, process.env));
        return exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}

type Report = (
  path: string,
  result: CheckResult,
  changes: ConfigChanges | null,
  host: ConfigHost,
  language: Language,
) => void;

const reportAsJson: Report = (path, { mistakes }, changes, _host, language) => {
  const shown = mistakes.map(({ position, remedy, ...rest }) => ({
    ...rest,
    file: position?.file ?? null,
    line: position?.line ?? null,
    remedy: remedy?.[language] ?? null,
  }));
  const difference = changes === null ? {} : { difference: changes };
  const ok = mistakes.every(({ severity }) => severity === 'warning');
  print(JSON.stringify({ path, ok, findings: shown, ...difference }, null, 2));
};

const reportAsText: Report = (path, { mistakes }, changes, host, language) => {
  const sources = new Map<string, string>();
  for (const mistake of mistakes)
    for (const line of mistakeLines(mistake, sources, host, language)) print(line);
  print(`${path}: ${summary(mistakes)}`);
  if (changes !== null) for (const line of changeLines(changes)) print(line);
};

function mistakeLines(
  { severity, message, position, text, remedy }: Diagnostic,
  sources: Map<string, string>,
  host: ConfigHost,
  language: Language,
): string[] {
  const lines = [`${position ? `${position.file}:${position.line}: ` : ''}${severity}: ${message}`];
  const source = position && sourceOf(position.file, sources, host);
  const shown = source && excerpt(source, position.line, text);
  if (shown) lines.push(...shown.map((line) => `    ${line}`));
  if (remedy) lines.push(`    ${text === null ? '' : rightWouldBe[language]}${remedy[language]}`);
  return lines;
}

const rightWouldBe = { en: 'expected: ', zh: '应为：' };

function sourceOf(file: string, sources: Map<string, string>, host: ConfigHost): string {
  const known = sources.get(file);
  if (known !== undefined) return known;
  let source = '';
  try {
    source = new TextDecoder().decode(host.readFile(file));
  } catch {
    // Without the text there is no excerpt; the mistake itself is shown all the same.
  }
  sources.set(file, source);
  return source;
}

function summary(mistakes: readonly Diagnostic[]): string {
  const errors = mistakes.filter(({ severity }) => severity === 'error').length;
  const warnings = mistakes.length - errors;
  if (mistakes.length === 0) return 'no mistakes found';
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
