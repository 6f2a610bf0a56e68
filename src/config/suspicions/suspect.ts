// What is looked at for suspicions: a configuration as it was read, and the texts and files that it was made of.
import type { Bilingual, Config, Position, ProcessConfig } from '../config.ts';
import { type Diagnostic, nothingKnown } from '../diagnostic.ts';
import type { IniDocument, Section, Setting } from '../dialect.ts';
import type { ConfigHost } from '../host.ts';
import type { Assembly } from '../load.ts';

/** With errors, defaults stand in `config` for what is wrong. */
export interface Suspect extends Omit<Assembly, 'config'> {
  readonly config: Config;
  readonly host: ConfigHost;
}

/** A warning about a section as a whole. */
export function aboutSection(
  section: { readonly name: string; readonly position: Position },
  message: Bilingual,
  remedy: Bilingual,
): Diagnostic {
  const { name, position } = section;
  return { ...nothingKnown, severity: 'warning', message, position, section: name, remedy };
}

/** A warning about one option. `text`: the part of its value that is meant. */
export function aboutSetting(
  section: Section,
  { key, position }: Setting,
  message: Bilingual,
  remedy: Bilingual,
  text: string | null = null,
): Diagnostic {
  return {
    ...nothingKnown,
    severity: 'warning',
    ...{ message, position, section: section.name, key, remedy, text },
  };
}

/** The sections of programs, FastCGI programs and event listeners. */
export function programSections({ sections }: IniDocument): Section[] {
  return [...sections.values()].filter(({ name }) => /^(?:program|fcgi-program|eventlistener):/.test(name));
}

/** Each such section with its command and one of its processes, which stands for all. */
export function commands({ document, config }: Pick<Suspect, 'document' | 'config'>): {
  readonly section: Section;
  readonly command: Setting;
  readonly process: ProcessConfig;
}[] {
  const processes = config.groups.flatMap((group) => group.processes);
  const byProgram = new Map(processes.map((process) => [process.program, process]));
  return programSections(document).flatMap((section) => {
    const command = document.setting(section, 'command');
    const process = byProgram.get(section.name.slice(section.name.indexOf(':') + 1).trim());
    return command && process ? [{ section, command, process }] : [];
  });
}

/** The words of a command; none when it cannot be split. */
export function commandWords(command: string): string[] {
  const word = /(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs;
  if (command.replace(word, '').trim() !== '') return [];
  return (command.match(word) ?? []).map((found) =>
    found.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs, (_, double, single, escaped) =>
      typeof double === 'string' ? double.replaceAll(/\\(["\\])/g, '$1') : (single ?? escaped),
    ),
  );
}
