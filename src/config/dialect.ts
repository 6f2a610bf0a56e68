// The INI dialect of Supervisor (Python's ConfigParser, strict=False): text in, sections with positions out.
// Knows nothing of the meaning of sections and options.
import { pythonRepr } from '../python/repr.ts';
import { indentation, isBlank, strip, stripEnd } from '../python/text.ts';
import { ConfigError, type Position } from './config.ts';
import type { ErrorSink } from './error-sink.ts';

/** The raw text of an option, before any expansion. */
export interface Setting {
  readonly key: string;
  readonly text: string;
  readonly position: Position;
}

export interface Section {
  readonly name: string;
  /** Where the section first occurs. */
  readonly position: Position;
  /** Keyed by lower-case name. */
  readonly settings: Map<string, Setting>;
}

/** All files read so far; a further file adds sections and overrides options. */
export class IniDocument {
  readonly sections = new Map<string, Section>();
  /** `[DEFAULT]`: fallbacks for every section. */
  readonly defaults = new Map<string, Setting>();
  /** Options set more than once in a section: the earlier value has no effect. */
  readonly overridden: { readonly earlier: Setting; readonly later: Setting }[] = [];
  /** Sections that a file contributed to since this set was last cleared. */
  readonly touched = new Set<Section>();

  setting(section: Section, key: string): Setting | undefined {
    return section.settings.get(key) ?? this.defaults.get(key);
  }

  /** All options of a section: defaults, overridden in place, then the section's own. */
  settings(section: Section): Setting[] {
    return [...new Map([...this.defaults, ...section.settings]).values()];
  }

  /** In order of first occurrence. */
  sectionsStartingWith(prefix: string): Section[] {
    return [...this.sections.values()].filter((section) => section.name.startsWith(prefix));
  }
}

/** Lines that are neither header, option nor continuation; one error lists them all. */
export class UnparsableLines extends ConfigError {
  constructor(
    file: string,
    readonly lines: readonly { readonly number: number; readonly text: string }[],
  ) {
    const listed = lines.map(
      ({ number, text }) => `\n\t[line ${String(number).padStart(2)}]: ${pythonRepr(text)}`,
    );
    const [first] = lines;
    super(
      `Source contains parsing errors: ${pythonRepr(file)}${listed.join('')}`,
      first ? { file, line: first.number } : null,
    );
  }
}

/**
 * Reads a file's text into `document`. `isCut`: the text ends where decoding failed, so its last line is incomplete.
 * Reports a missing section header (and stops reading) or, at the end, the unparsable lines.
 */
export function readDialect(
  document: IniDocument,
  file: string,
  text: string,
  problems: ErrorSink,
  isCut = false,
): void {
  const lines = splitLines(text);
  if (isCut) lines.pop();
  const problem = new DialectReader(document, file).read(lines);
  if (problem !== null && !(isCut && problem instanceof UnparsableLines)) problems.report(problem);
}

/**
 * Lines with their terminators normalised to `
 * `.
 */
function splitLines(text: string): string[] {
  const unified = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  return unified.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

interface OpenOption {
  readonly key: string;
  readonly line: number;
  readonly target: Map<string, Setting>;
  readonly values: string[];
}

class DialectReader {
  #line = 0;
  #section: Map<string, Setting> | null = null;
  #option: OpenOption | null = null;
  /** Indentation of the latest line that was not a continuation. */
  #indent = 0;
  readonly #unparsable: { number: number; text: string }[] = [];

  constructor(
    private readonly document: IniDocument,
    private readonly file: string,
  ) {}

  /** Returns the error, if any: an option outside sections stops reading, unparsable lines are collected. */
  read(lines: readonly string[]): ConfigError | null {
    for (const line of lines) {
      this.#line += 1;
      const problem = this.#readLine(line);
      if (problem !== null) return problem;
    }
    this.#closeOption();
    return this.#unparsable.length > 0 ? new UnparsableLines(this.file, this.#unparsable) : null;
  }

  #readLine(line: string): ConfigError | null {
    const commentStart = findComment(line);
    const content = strip(commentStart === null ? line : line.slice(0, commentStart));
    if (content === '') {
      if (commentStart === null) this.#option?.values.push('');
      return null;
    }
    const indent = indentation(line);
    if (this.#option !== null && indent > this.#indent) {
      this.#option.values.push(content);
      return null;
    }
    this.#indent = indent;
    return this.#openSectionOrOption(content, line);
  }

  #openSectionOrOption(content: string, line: string): ConfigError | null {
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header !== undefined) {
      this.#closeOption();
      this.#section = this.#openSection(header);
      return null;
    }
    if (this.#section === null) return this.#missingHeader(line);
    const delimiter = content.search(/[=:]/);
    if (delimiter <= 0) this.#unparsable.push({ number: this.#line, text: line });
    if (delimiter < 0) return null;
    this.#closeOption();
    // An empty key is reported at the end; until then no line may continue it.
    if (delimiter > 0) this.#openOption(content, delimiter, this.#section);
    return null;
  }

  #openOption(content: string, delimiter: number, target: Map<string, Setting>): void {
    const key = stripEnd(content.slice(0, delimiter)).toLowerCase();
    this.#option = { key, line: this.#line, target, values: [strip(content.slice(delimiter + 1))] };
  }

  #openSection(name: string): Map<string, Setting> {
    if (name === 'DEFAULT') return this.document.defaults;
    const known = this.document.sections.get(name);
    const section = known ?? { name, position: { file: this.file, line: this.#line }, settings: new Map() };
    if (!known) this.document.sections.set(name, section);
    this.document.touched.add(section);
    return section.settings;
  }

  #closeOption(): void {
    if (this.#option === null) return;
    const { key, line, target, values } = this.#option;
    const later = { key, text: stripEnd(values.join('\n')), position: { file: this.file, line } };
    const earlier = target.get(key);
    if (earlier) this.document.overridden.push({ earlier, later });
    target.set(key, later);
    this.#option = null;
  }

  #missingHeader(line: string): ConfigError {
    const where = `file: ${pythonRepr(this.file)}, line: ${this.#line}`;
    return new ConfigError(`File contains no section headers.\n${where}\n${pythonRepr(line)}`, {
      file: this.file,
      line: this.#line,
    });
  }
}

/**
 * Start of a comment: `;` or `#` at the start of the line or after whitespace. Both are searched in step, the n-th of
 * one with the n-th of the other, like CPython up to 3.13: `a;b ;d #e` is cut at the `#`.
 */
function findComment(line: string): number | null {
  if (!line.includes(';') && !line.includes('#')) return null;
  const first = line.charAt(indentation(line));
  if (first === ';' || first === '#') return 0;
  let semicolon = line.indexOf(';');
  let hash = line.indexOf('#');
  while (semicolon >= 0 || hash >= 0) {
    const starts = [semicolon, hash].filter((index) => index >= 0 && startsComment(line, index));
    if (starts.length > 0) return Math.min(...starts);
    // Once not found, do not search again from the start.
    semicolon = semicolon < 0 ? -1 : line.indexOf(';', semicolon + 1);
    hash = hash < 0 ? -1 : line.indexOf('#', hash + 1);
  }
  return null;
}

function startsComment(line: string, index: number): boolean {
  return index === 0 || isBlank(line.charAt(index - 1));
}
