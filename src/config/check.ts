// Collects every error and warning in a configuration, each with its file and line.
import { pythonRepr } from '../python/repr.ts';
import { type Bilingual, type Config, ConfigError, type Position } from './config.ts';
import { type Diagnostic, nothingKnown } from './diagnostic.ts';
import { type IniDocument, UnparsableLines } from './dialect.ts';
import { didYouMean } from './edit-distance.ts';
import type { ErrorSink } from './error-sink.ts';
import type { ConfigHost } from './host.ts';
import { type Assembly, assemble, type ConfigRequest, noSupervisordSection } from './load.ts';
import { inPlainWords } from './plain-words.ts';
import { noFileMatches } from './read-files.ts';
import { cutEnvironments } from './suspicions/cut-environment.ts';
import { givenTwice } from './suspicions/given-twice.ts';
import { openLogDirectories } from './suspicions/log-directories.ts';
import { missingDirectories } from './suspicions/missing-directories.ts';
import { missingPrograms } from './suspicions/missing-programs.ts';
import { suspiciousRights } from './suspicions/rights.ts';
import { selfDaemonising } from './suspicions/self-daemonising.ts';
import { suspiciousServers } from './suspicions/servers.ts';
import { sharedLogs } from './suspicions/shared-log.ts';
import { shellWords } from './suspicions/shell-words.ts';
import type { Suspect } from './suspicions/suspect.ts';
import { withoutEffect } from './suspicions/without-effect.ts';
import { misspelt, unknownNames } from './unknown-names.ts';
import { directoryOf } from './values/paths.ts';

export interface CheckResult {
  /** Null if the file cannot be parsed at all. After errors, defaults replace the invalid values. */
  readonly config: Config | null;
  readonly mistakes: readonly Diagnostic[];
}

/** Continues after each error, so that one run reports all of them, sorted by file and line. */
export function checkConfig(request: ConfigRequest): CheckResult {
  const errors = new ErrorList();
  try {
    const assembly = assemble(request, errors);
    const { document, config, files } = assembly;
    const found = withMisspelt(withoutConsequences(errors.mistakes), document);
    const warnings = [
      ...unknownNames(document).filter(({ position }) => !found.some((error) => isAt(error, position))),
      ...givenTwice(document),
      ...shellWords(document).filter(({ position }) => !found.some((error) => isAt(error, position))),
      ...logWarnings(assembly, request.host),
      ...(config === null ? [] : suspicionsOf({ ...assembly, config, host: request.host }, found)),
    ];
    return { config, mistakes: inOrder([...found, ...warnings], files) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    errors.report(error);
    return { config: null, mistakes: errors.mistakes };
  }
}

/** Drops warnings on lines that already have an error. */
function suspicionsOf(suspect: Suspect, errors: readonly Diagnostic[]): Diagnostic[] {
  const all = [
    ...selfDaemonising(suspect),
    ...missingPrograms(suspect),
    ...missingDirectories(suspect),
    ...cutEnvironments(suspect),
    ...sharedLogs(suspect),
    ...withoutEffect(suspect),
    ...openLogDirectories(suspect),
    ...suspiciousServers(suspect),
    ...suspiciousRights(suspect),
  ];
  return all.filter(({ position }) => !errors.some((error) => isAt(error, position)));
}

/** A file that could not be read completely may lack sections; those errors only follow from the read error. */
function withoutConsequences(errors: readonly Diagnostic[]): Diagnostic[] {
  const isCut = errors.some(
    ({ original, section, position }) => original && section === null && position !== null,
  );
  return errors.filter(({ original }) => !isCut || original !== noSupervisordSection().message);
}

/** A missing option with a misspelt name is one mistake, not two. */
function withMisspelt(errors: readonly Diagnostic[], { sections }: IniDocument): Diagnostic[] {
  return errors.map((error) => {
    const section = sections.get(error.section ?? '');
    const setting = section && error.key !== null ? misspelt(section, error.key) : null;
    if (setting === null || setting === undefined || error.key === null) return error;
    return { ...error, position: setting.position, text: setting.key, remedy: didYouMean(error.key) };
  });
}

function isAt({ position }: Diagnostic, other: Position | null): boolean {
  return position !== null && position.file === other?.file && position.line === other.line;
}

/** The warnings that the daemon would log, each with its section or option; not those about an empty include directory. */
function logWarnings({ document, warnings, patterns }: Assembly, host: ConfigHost): Diagnostic[] {
  const expected = patterns.filter((pattern) => waitsForFiles(pattern, host)).map(noFileMatches);
  const worthTelling = warnings.filter((text) => !expected.includes(text));
  return worthTelling.map((text) => {
    const section = document.sections.get(/^For \[(.*?)\],/.exec(text)?.[1] ?? '');
    const include = document.sections.get('include');
    const files = include && document.setting(include, 'files');
    const isAboutInclude = text.startsWith('No file matches via include');
    const position = section?.position ?? (isAboutInclude ? (files?.position ?? null) : null);
    const zh = text.replace(/^No file matches via include "(.*)"$/s, 'include 中的 "$1" 没有匹配任何文件');
    return { ...nothingKnown, severity: 'warning', message: { en: text, zh }, position };
  });
}

/** A wildcard in a directory that is still empty, as packages install it: nothing is wrong with that. */
function waitsForFiles(pattern: string, host: ConfigHost): boolean {
  const [directory, name] = [directoryOf(pattern), pattern.slice(pattern.lastIndexOf('/') + 1)];
  if (!/[*?[]/.test(name) || !host.isDirectory(directory)) return false;
  return host.listDirectory(directory).every((entry) => entry.startsWith('.'));
}

function inOrder(mistakes: readonly Diagnostic[], files: readonly string[]): Diagnostic[] {
  const place = ({ position }: Diagnostic): number =>
    position === null ? files.length : files.indexOf(position.file);
  return mistakes.toSorted(
    (a, b) => place(a) - place(b) || (a.position?.line ?? 0) - (b.position?.line ?? 0),
  );
}

class ErrorList implements ErrorSink {
  readonly #byText = new Map<string, Diagnostic>();

  /** Each process of a program reports the same error; keep one. */
  report(problem: ConfigError): void {
    for (const mistake of mistakesIn(problem)) {
      const { position, section, key, text } = mistake;
      const place = section === null || key === null ? mistake.message.en : `${section}\n${key}\n${text}`;
      const identity = `${place}\n${position?.file}\n${position?.line}`;
      if (!this.#byText.has(identity)) this.#byText.set(identity, mistake);
    }
  }

  get mistakes(): readonly Diagnostic[] {
    return [...this.#byText.values()];
  }
}

function mistakesIn(problem: ConfigError): Diagnostic[] {
  const { position, offence, absence } = problem;
  if (problem instanceof UnparsableLines)
    return problem.lines.map(({ number, text }) => ({
      ...nothingKnown,
      severity: 'error',
      message: {
        en: `neither a section nor an option: ${pythonRepr(text.trimEnd())}`,
        zh: `既不是节也不是选项：${pythonRepr(text.trimEnd())}`,
      },
      position: position && { ...position, line: number },
      remedy: text.includes('＝')
        ? { en: 'an ASCII = instead of the wide ＝', zh: '用英文（半角）= 代替全角 ＝' }
        : { en: 'key = value, or ; before a comment', zh: 'key = value，注释前写 ;' },
    }));
  const { message, text, remedy } = inPlainWords(problem);
  return [
    {
      severity: 'error',
      message,
      position,
      section: offence?.section ?? null,
      key: offence?.key ?? null,
      text: text ?? offence?.text ?? null,
      remedy: remedy ?? offence?.expected ?? remedyFor(problem.message),
      absence,
      original: problem.message,
    },
  ];
}

/** Advice for errors about a file as a whole, looked up by message. */
function remedyFor(message: string): Bilingual | null {
  return wholeFileRemedies.find(({ pattern }) => pattern.test(message))?.remedy ?? null;
}

const wholeFileRemedies: readonly { readonly pattern: RegExp; readonly remedy: Bilingual }[] = [
  {
    pattern: /no section headers[\s\S]*\\ufeff/,
    remedy: {
      en: 'the file begins with a byte order mark: save it as UTF-8 without BOM, or: sed -i "1s/^\\xef\\xbb\\xbf//" FILE',
      zh: '文件开头有 BOM：请保存为不带 BOM 的 UTF-8，或执行 sed -i "1s/^\\xef\\xbb\\xbf//" 文件',
    },
  },
  {
    pattern: /no section headers/,
    remedy: { en: 'a section first, such as [program:NAME]', zh: '选项之前先写节名，例如 [program:NAME]' },
  },
  {
    pattern: /codec can't decode/,
    remedy: {
      en: 'UTF-8; from an editor set to GBK: iconv -f GBK -t UTF-8 FILE > NEW',
      zh: '使用 UTF-8 编码；若文件为 GBK：iconv -f GBK -t UTF-8 文件 > 新文件',
    },
  },
];
