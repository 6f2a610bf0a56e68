// Input of the suspicions: the configuration, and the texts and files it was read from.
import { splitWords } from '../../python/shlex.ts';
import type { Bilingual, Config, Position, ProcessConfig } from '../config.ts';
import { type Diagnostic, nothingKnown } from '../diagnostic.ts';
import type { IniDocument, Section, Setting } from '../dialect.ts';
import type { ConfigHost } from '../host.ts';
import type { Assembly } from '../load.ts';

/** After errors, `config` has defaults in place of invalid values. */
export interface Suspect extends Omit<Assembly, 'config'> {
  readonly config: Config;
  readonly host: ConfigHost;
}

/** A warning about a whole section. */
export function aboutSection(
  section: { readonly name: string; readonly position: Position },
  message: Bilingual,
  remedy: Bilingual,
): Diagnostic {
  const { name, position } = section;
  return { ...nothingKnown, severity: 'warning', message, position, section: name, remedy };
}

/** A warning about one option. `text`: the offending part of its value. */
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

/** Sections of programs, FastCGI programs and event listeners. */
export function programSections({ sections }: IniDocument): Section[] {
  return [...sections.values()].filter(({ name }) => /^(?:program|fcgi-program|eventlistener):/.test(name));
}

/** Each such section with its command and one representative process. */
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

/** The words of a command; empty if it cannot be split. */
export function commandWords(command: string): string[] {
  try {
    return splitWords(command);
  } catch {
    return [];
  }
}
