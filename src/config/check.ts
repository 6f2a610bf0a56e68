// Everything that is wrong or suspicious in a configuration, at once and with its place.
import { pythonRepr } from '../python/repr.ts';
import { type Bilingual, type Config, ConfigError } from './config.ts';
import { type Diagnostic, nothingKnown } from './diagnostic.ts';
import { UnparsableLines } from './dialect.ts';
import type { ErrorSink } from './error-sink.ts';
import { assemble, type ConfigRequest } from './load.ts';
import { suspiciousOptions } from './suspicious-options.ts';
import { unknownNames } from './unknown-names.ts';

export interface CheckResult {
  /** Null when the file cannot be read as one. With errors, defaults stand for what is wrong. */
  readonly config: Config | null;
  readonly mistakes: readonly Diagnostic[];
}

/** Goes on after each error, so that one run shows all of them. In the order in which they are found. */
export function checkConfig(request: ConfigRequest): CheckResult {
  const errors = new ErrorList();
  try {
    const { document, config, warnings } = assemble(request, errors);
    const remarks = warnings.map((message) => ({ ...nothingKnown, severity: 'warning' as const, message }));
    return {
      config,
      mistakes: [...errors.mistakes, ...unknownNames(document), ...suspiciousOptions(document), ...remarks],
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    errors.report(error);
    return { config: null, mistakes: errors.mistakes };
  }
}

class ErrorList implements ErrorSink {
  readonly #byText = new Map<string, Diagnostic>();

  /** Each process of a program finds the same; it is told once. */
  report(problem: ConfigError): void {
    for (const mistake of mistakesIn(problem)) {
      const { position, section, key } = mistake;
      const place = section === null || key === null ? mistake.message : `${section}\n${key}`;
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
      message: `neither a section nor an option: ${pythonRepr(text.trimEnd())}`,
      position: position && { ...position, line: number },
      remedy: text.includes('＝')
        ? { en: 'an ASCII = instead of the wide ＝', zh: '用英文（半角）= 代替全角 ＝' }
        : { en: 'key = value, or ; before a comment', zh: 'key = value，注释前写 ;' },
    }));
  return [
    {
      severity: 'error',
      message: problem.message,
      position,
      section: offence?.section ?? null,
      key: offence?.key ?? null,
      text: offence?.text ?? null,
      remedy: offence?.expected ?? remedyFor(problem.message),
      absence,
    },
  ];
}

/** For mistakes of a file as a whole, by their words. */
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
