// Everything that is wrong or suspicious in a configuration, at once and with its place.
import { type Bilingual, type Config, ConfigError, type Position } from './config.ts';
import { type IniDocument, type Section, UnparsableLines } from './dialect.ts';
import { nearest } from './edit-distance.ts';
import { assemble, type ConfigRequest } from './load.ts';
import { kindOfSection, sectionKinds } from './options/sections.ts';
import type { Problems } from './problems.ts';
import { pythonRepr } from './python-repr.ts';

export interface Finding {
  readonly severity: 'error' | 'warning';
  /** For errors, what supervisord says. */
  readonly message: string;
  readonly position: Position | null;
  readonly section: string | null;
  readonly key: string | null;
  /** What is wrong, as it stands in the file; null when it is the whole line, or something missing. */
  readonly text: string | null;
  /** What would be right. */
  readonly remedy: Bilingual | null;
}

export interface CheckResult {
  /** Null when the file cannot be read as one. With errors, defaults stand for what is wrong. */
  readonly config: Config | null;
  readonly findings: readonly Finding[];
}

/** Goes on after each error, so that one run shows all of them. In the order in which they are found. */
export function checkConfig(request: ConfigRequest): CheckResult {
  const errors = new ErrorList();
  try {
    const { document, config, warnings } = assemble(request, errors);
    const remarks = warnings.map((message) => ({ ...nothingKnown, severity: 'warning' as const, message }));
    return { config, findings: [...errors.findings, ...unknownNames(document), ...remarks] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    errors.report(error);
    return { config: null, findings: errors.findings };
  }
}

const nothingKnown = { position: null, section: null, key: null, text: null, remedy: null };

class ErrorList implements Problems {
  readonly #byText = new Map<string, Finding>();

  /** Each process of a program finds the same; it is told once. */
  report(problem: ConfigError): void {
    for (const finding of findingsOf(problem)) {
      const { position, section, key } = finding;
      const place = section === null || key === null ? finding.message : `${section}\n${key}`;
      const identity = `${place}\n${position?.file}\n${position?.line}`;
      if (!this.#byText.has(identity)) this.#byText.set(identity, finding);
    }
  }

  get findings(): readonly Finding[] {
    return [...this.#byText.values()];
  }
}

function findingsOf(problem: ConfigError): Finding[] {
  const { position, offence } = problem;
  if (problem instanceof UnparsableLines)
    return problem.lines.map(({ number, text }) => ({
      ...nothingKnown,
      severity: 'error',
      message: `neither a section nor an option: ${pythonRepr(text.trimEnd())}`,
      position: position && { ...position, line: number },
      remedy: { en: 'key = value, or ; before a comment', zh: 'key = value，注释前写 ;' },
    }));
  return [
    {
      severity: 'error',
      message: problem.message,
      position,
      section: offence?.section ?? null,
      key: offence?.key ?? null,
      text: offence?.text ?? null,
      remedy: offence?.expected ?? null,
    },
  ];
}

function unknownNames(document: IniDocument): Finding[] {
  return [...document.sections.values()].flatMap((section) => {
    const kind = kindOfSection(section.name);
    if (kind === null) return unknownSection(section);
    const known = new Set(kind.options.map(({ key }) => key));
    return [...(kind.open ? [] : unknownKeys(section, known)), ...swallowedOptions(section, known)];
  });
}

function unknownSection({ name, position }: Section): Finding[] {
  const colon = name.indexOf(':') + 1;
  const meant = nearest(
    name.slice(0, colon || undefined).toLowerCase(),
    sectionKinds.map((kind) => kind.name),
  );
  return [
    {
      ...nothingKnown,
      severity: 'warning',
      message: `section [${name}] means nothing and is ignored`,
      position,
      section: name,
      remedy: meant === null ? null : didYouMean(`[${meant}${name.slice(colon || name.length)}]`),
    },
  ];
}

function unknownKeys(section: Section, known: ReadonlySet<string>): Finding[] {
  return [...section.settings.values()]
    .filter(({ key }) => !known.has(key))
    .map(({ key, position }) => {
      const meant = nearest(key, known);
      return {
        ...nothingKnown,
        severity: 'warning',
        message: `option ${key} means nothing in [${section.name}] and is ignored`,
        position,
        section: section.name,
        key,
        remedy: meant === null ? null : didYouMean(meant),
      };
    });
}

/** An indented line continues the value above it, which is hardly meant when it looks like an option. */
function swallowedOptions(section: Section, known: ReadonlySet<string>): Finding[] {
  return [...section.settings.values()].flatMap(({ key, text, position }) =>
    text
      .split('\n')
      .slice(1)
      .filter((line) => known.has(/^([^=:]*[^=:\s])\s*[=:]/.exec(line)?.[1]?.toLowerCase() ?? ''))
      .map((line) => ({
        ...nothingKnown,
        severity: 'warning' as const,
        message: `the value of ${key} goes on with the indented line ${pythonRepr(line)}`,
        position,
        section: section.name,
        key,
        remedy: { en: 'an option begins without blanks before it', zh: '选项前不要有空白' },
      })),
  );
}

function didYouMean(name: string): Bilingual {
  return { en: `did you mean ${name}?`, zh: `是否想写 ${name}？` };
}
