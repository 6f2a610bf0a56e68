// The details of one process: its options with their positions in the files, and its history.

import { channels } from '../../config/channel.ts';
import { ConfigError, type Position } from '../../config/config.ts';
import type { IniDocument, Section } from '../../config/dialect.ts';
import type { ErrorSink } from '../../config/error-sink.ts';
import { type Assembly, assemble } from '../../config/load.ts';
import { type OptionTexts, processOptions } from '../../config/option-texts.ts';
import type { OptionDescription } from '../../config/options/option.ts';
import { kindOfSection } from '../../config/options/sections.ts';
import { systemHost } from '../../config/system-host.ts';
import type { Group } from '../../supervisor/group.ts';
import type { Process } from '../../supervisor/process.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { OptionView, ProcessDetails } from './api-types.ts';
import type { History } from './history.ts';
import { sectionOf } from './section-of.ts';

/** Rereads the configuration files on each request, since only this view needs the positions. */
export function processDetails(
  supervisor: Supervisor,
  history: History,
  group: Group,
  process: Process,
): Omit<ProcessDetails, 'lastOutput'> {
  const events = history.of(process);
  const options = withLogPaths(processOptions(process.config), process);
  const file = readAgain(supervisor.config.absolutePath);
  if (typeof file === 'string') {
    return { section: null, trouble: file, options: withoutPlaces(options), events };
  }
  const section = sectionOf(file.document, group.config, process.name);
  if (section === null) return { section: null, trouble: '', options: withoutPlaces(options), events };
  const inFile = file.config?.groups
    .find(({ name }) => name === group.name)
    ?.processes.find(({ name }) => name === process.name);
  const places = { document: file.document, section, inFile: inFile ? processOptions(inFile) : null };
  return { section: section.name, trouble: '', options: optionViews(options, places), events };
}

/** Shows the actual path of an automatic log. */
function withLogPaths(options: OptionTexts, { logPaths }: Process): OptionTexts {
  const named = channels.flatMap((channel) => {
    const path = logPaths[channel];
    return path === null ? [] : [[`${channel}_logfile`, path] as const];
  });
  return new Map([...options, ...named]);
}

/** The current files, or why they cannot be read. */
function readAgain(path: string): Assembly | string {
  const first = new FirstProblem();
  try {
    const assembly = assemble({ path, overrides: {}, host: systemHost() }, first);
    return first.message ?? assembly;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

class FirstProblem implements ErrorSink {
  message: string | null = null;

  report(problem: ConfigError): void {
    this.message ??= problem.message;
  }
}

interface Places {
  readonly document: IniDocument;
  readonly section: Section;
  readonly inFile: OptionTexts | null;
}

/** In the order of the option table, followed by the environment variables. */
function optionViews(options: OptionTexts, places: Places): OptionView[] {
  const described = kindOfSection(places.section.name)?.options ?? [];
  const views = described
    .filter(({ key }) => key !== 'environment')
    .map((option) => optionView(option, options.get(option.key), places));
  const environment = described.find(({ key }) => key === 'environment');
  return [...views, ...(environment ? variableViews(environment, options, places) : [])];
}

/** `effective`: undefined for options that exist only in the file, such as numprocs. */
function optionView(
  { key, default: fallback, help }: OptionDescription,
  effective: string | undefined,
  { document, section, inFile }: Places,
): OptionView {
  const setting = document.setting(section, key);
  const value = effective || (setting?.text ?? fallback ?? '');
  return {
    ...{ key, value, help },
    written: setting && !isSame(setting.text, value) ? setting.text : null,
    source: setting ? placeOf(setting.position) : null,
    outdated: effective !== undefined && inFile !== null && !isSame(inFile.get(key) ?? '', effective),
  };
}

/** Whether both look the same to a reader. An automatic log has a path only while it exists. */
function isSame(a: string, b: string): boolean {
  return a === 'AUTO' || a.trim().toLowerCase() === b.trim().toLowerCase();
}

function variableViews(
  { key, help }: OptionDescription,
  options: OptionTexts,
  { document, section, inFile }: Places,
): OptionView[] {
  const own = document.setting(section, key);
  const daemon = document.sections.get('supervisord');
  const inherited = daemon && document.setting(daemon, key);
  return [...options]
    .filter(([name]) => name.startsWith(`${key}.`))
    .map(([name, value]) => {
      const variable = name.slice(key.length + 1);
      const setting = [own, inherited].find((each) => each?.text.includes(variable));
      return {
        ...{ key: name, value, help, written: null },
        source: setting ? placeOf(setting.position) : null,
        outdated: inFile !== null && !inFile.has(name),
      };
    });
}

function withoutPlaces(options: OptionTexts): OptionView[] {
  const help = { en: '', zh: '' };
  return [...options].map(([key, value]) => ({
    ...{ key, value, help, written: null, source: null, outdated: false },
  }));
}

function placeOf({ file, line }: Position): OptionView['source'] {
  return { file, line };
}
