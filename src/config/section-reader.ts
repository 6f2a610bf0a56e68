// Reads the options of one section by the rows of the option table: finds the text, expands it, parses it, and
// reports errors with their position.
import type { NameValue } from '../python/format.ts';
import { pythonRepr } from '../python/repr.ts';
import { ConfigError } from './config.ts';
import type { IniDocument, Section, Setting } from './dialect.ts';
import { asConfigError, type ErrorSink, withSuffix } from './error-sink.ts';
import { ExpansionError, expand, type Knowledge, namesOf } from './expansion.ts';
import type { ConfigHost } from './host.ts';
import type { Option, OptionDescription, OptionTable, ValuesOf } from './options/option.ts';
import { text } from './values/scalars.ts';

export class SectionReader {
  constructor(
    private readonly document: IniDocument,
    readonly section: Section,
    readonly host: ConfigHost,
    readonly problems: ErrorSink,
    private readonly knowledge: Knowledge,
  ) {}

  /** The value, or its replacement if it is missing or invalid. */
  read<T>(option: Option<T>): T {
    const setting = this.setting(option);
    if (setting === undefined) return option.absent(this.host);
    return this.attempt(
      option,
      () => option.type.parse(this.#expand(option, setting.text), this.host),
      () => option.absent(this.host),
    );
  }

  /** Whether the section sets an option of the table. */
  hasAny(table: OptionTable): boolean {
    return Object.values(table).some((option) => this.setting(option) !== undefined);
  }

  /** The values of all rows of a table, by name. */
  readAll<Table extends OptionTable>(table: Table): ValuesOf<Table> {
    const read = Object.entries(table).map(([name, option]) => [name, this.read(option)]);
    return Object.fromEntries(read);
  }

  /** Like `read`, for a value that is validated before expansion: returns the raw text. */
  readRaw(option: Option<string>): string {
    const text = this.#textOf(option);
    return this.attempt(
      option,
      () => option.type.parse(text, this.host),
      () => text,
    );
  }

  /** The expanded text, without validation. */
  readText(option: OptionDescription): string {
    const text = this.#textOf(option);
    return this.attempt(
      option,
      () => this.#expand(option, text),
      () => text,
    );
  }

  /** Runs `action`; an error about the option's value is reported, and `otherwise` supplies the result. */
  attempt<T>(option: OptionDescription, action: () => T, otherwise: () => T): T {
    try {
      return action();
    } catch (error) {
      const setting = this.setting(option);
      this.problems.report(
        asConfigError(error).at(setting?.position ?? this.section.position, {
          section: this.section.name,
          key: option.key,
          text: setting?.text ?? option.default ?? '',
          expected: error instanceof ExpansionError ? error.expected : option.expects,
        }),
      );
      return otherwise();
    }
  }

  /** Reports an invalid or missing value. */
  complain(option: OptionDescription, message: string, expects = option.expects): void {
    this.attempt(
      { ...option, expects },
      () => {
        throw new ConfigError(message);
      },
      () => null,
    );
  }

  /** The expanded text of all other options of the section. */
  readOthers(known: OptionDescription): Record<string, string> {
    const others = this.document.settings(this.section).filter(({ key }) => key !== known.key);
    return Object.fromEntries(
      others.map((setting) => [
        setting.key,
        this.readText({ ...anyText, names: known.names, key: setting.key }),
      ]),
    );
  }

  setting(option: OptionDescription): Setting | undefined {
    return this.document.setting(this.section, option.key);
  }

  /** The same section with additional names for expansion. */
  knowing(facts: readonly (readonly [string, NameValue])[]): SectionReader {
    const knowledge = { ...this.knowledge, facts: new Map([...this.knowledge.facts, ...facts]) };
    return new SectionReader(this.document, this.section, this.host, this.problems, knowledge);
  }

  knowingEnvironment(environment: ReadonlyMap<string, string>): SectionReader {
    if (environment.size === 0) return this;
    const environments = [...this.knowledge.environments, environment];
    const knowledge = { ...this.knowledge, environments };
    return new SectionReader(this.document, this.section, this.host, this.problems, knowledge);
  }

  /** The same section; error messages name it and its file. */
  namingItself(): SectionReader {
    const { name, position } = this.section;
    const suffix = () => ` in section ${pythonRepr(name)} (file: ${pythonRepr(position.file)})`;
    return new SectionReader(
      this.document,
      this.section,
      this.host,
      withSuffix(this.problems, suffix),
      this.knowledge,
    );
  }

  #textOf(option: OptionDescription): string {
    return this.setting(option)?.text ?? option.default ?? '';
  }

  #expand(option: OptionDescription, text: string): string {
    if (!text.includes('%')) return text;
    const names = namesOf(option.names, this.knowledge);
    const fullName = `${this.section.name}.${option.key}`;
    const once = expand(text, option.expansion === 'unnamed' ? option.key : fullName, names);
    return option.expansion === 'twice' ? expand(once, option.key, names) : once;
  }
}

const anyText = {
  ...{ default: null, since: '', help: { en: '', zh: '' } },
  expects: text.expects,
} satisfies Partial<OptionDescription>;
