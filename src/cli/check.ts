// `tsupervisor check`: every mistake in a configuration at once; with --diff also the effect of an update.
import { existsSync } from 'node:fs';
import type { ConfigChanges } from '../client/process-info.ts';
import { type CheckResult, checkConfig } from '../config/check.ts';
import type { ConfigHost } from '../config/host.ts';
import { requireConfig } from '../config/locate-config.ts';
import { calledAs, systemHost } from '../config/system-host.ts';
import { type Language, languageOf } from '../doctor/language.ts';
import { print } from './output.ts';
import { mistakeLines } from './shared/mistakes.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';
import { warnOfLocalConfig } from './shared/search-warning.ts';

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
  for (const line of mistakeLines(path, result.mistakes, host, language)) print(line);
  if (changes !== null) for (const line of changeLines(changes)) print(line);
}

function changeLines({ added, changed, removed }: ConfigChanges): string[] {
  const lines = [
    ...added.map((name) => `would add ${name}`),
    ...changed.map((name) => `would stop, change and start ${name}`),
    ...removed.map((name) => `would stop and remove ${name}`),
  ];
  return lines.length > 0 ? lines : ['an update would change nothing'];
}
