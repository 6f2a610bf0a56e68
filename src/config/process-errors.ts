// Reports errors that show only when all processes are read, at the option in its section.
import { pythonRepr } from '../python/repr.ts';
import { strip } from '../python/text.ts';
import { type Bilingual, ConfigError, type GroupConfig } from './config.ts';
import type { Dependent } from './dependencies.ts';
import type { IniDocument, Section } from './dialect.ts';
import type { ErrorSink } from './error-sink.ts';
import { nameAfterColon } from './program-section.ts';

/** A process that was read, and the kind of its group. */
export interface ReadProcess extends Dependent {
  readonly kind: GroupConfig['kind'];
}

export interface OptionError {
  /** The options it is about; it is shown at the first of them that is set. */
  readonly keys: readonly string[];
  /** The offending part of the value; all of it if it is null or not written so, such as a name with a number. */
  readonly text: string | null;
  readonly message: Bilingual;
  /** What would be right, or a question. */
  readonly expected: Bilingual;
}

/** All processes of the groups, in their order. */
export function readProcessesOf(groups: readonly GroupConfig[]): ReadProcess[] {
  return groups.flatMap(({ kind, name, processes }) =>
    processes.map((config) => ({ kind, group: name, config })),
  );
}

export class ProcessErrors {
  /** By kind and name, made for the first error. */
  #sections: ReadonlyMap<string, Section> | null = null;

  constructor(
    private readonly document: IniDocument,
    private readonly problems: ErrorSink,
  ) {}

  report(process: ReadProcess, { keys, text, message, expected }: OptionError): void {
    const section = this.#sectionOf(process);
    const setting = section && keys.flatMap((key) => this.document.setting(section, key) ?? []).at(0);
    const position = setting?.position ?? section?.position ?? null;
    const name = this.sectionNameOf(process);
    const remedy = expected.en.endsWith('?') ? expected.en : `expected: ${expected.en}`;
    const place = position ? ` (file: ${pythonRepr(position.file)}, line: ${position.line})` : '';
    this.problems.report(
      new ConfigError(`${message.en} (${remedy}) in section ${pythonRepr(name)}${place}`, position, {
        ...{ section: name, key: setting?.key ?? keys[0] ?? '', message, expected },
        text: text !== null && setting?.text.includes(text) ? text : (setting?.text ?? ''),
      }),
    );
  }

  /** `program:web` */
  sectionNameOf(process: ReadProcess): string {
    return this.#sectionOf(process)?.name ?? `program:${process.config.program}`;
  }

  /** Whether a program of any kind has that name. */
  hasSection(program: string): boolean {
    return [...prefixes.programs, ...prefixes.eventlistener].some((prefix) =>
      this.#allSections().has(prefix + program),
    );
  }

  #sectionOf({ kind, config }: ReadProcess): Section | undefined {
    const sections = this.#allSections();
    return prefixes[kind].flatMap((prefix) => sections.get(prefix + config.program) ?? []).at(0);
  }

  #allSections(): ReadonlyMap<string, Section> {
    this.#sections ??= new Map(
      [...this.document.sections.values()].map((section) => {
        const name = nameAfterColon(section);
        const prefix = section.name.slice(0, section.name.length - name.length);
        return [prefix + strip(name), section];
      }),
    );
    return this.#sections;
  }
}

/** Sections that the processes of a group may come from. */
const prefixes: Readonly<Record<GroupConfig['kind'], readonly string[]>> = {
  programs: ['program:', 'fcgi-program:'],
  fastcgi: ['fcgi-program:'],
  eventlistener: ['eventlistener:'],
};
