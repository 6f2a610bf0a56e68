// Groups: [group:x] with its programs, and programs, event listeners and FastCGI programs that form a group of their
// own.
import { resultHandlerNamed } from '../events/result-handler.ts';
import { compareByCodePoint } from '../python/text.ts';
import type { EventListenerPoolConfig, FastCgiGroupConfig, GroupConfig, ProcessConfig } from './config.ts';
import type { IniDocument, Section } from './dialect.ts';
import { asConfigError } from './error-sink.ts';
import { readFastCgiSocket } from './fastcgi-section.ts';
import { eventListenerOptions, groupOptions } from './options/group.ts';
import { programOptions } from './options/program.ts';
import { nameAfterColon, type ProgramContext, programName, readProcesses } from './program-section.ts';
import type { SectionReader } from './section-reader.ts';
import { checkedEvents } from './values/events.ts';

export interface GroupSources extends ProgramContext {
  readonly document: IniDocument;
  readonly readerOf: (section: Section) => SectionReader;
}

/** All groups by priority and name. Of several groups with one name only the first is kept. */
export function readGroups(sources: GroupSources): GroupConfig[] {
  const { document } = sources;
  const claimed = new Set<string>();
  const groups: GroupConfig[] = document
    .sectionsStartingWith('group:')
    .flatMap((section) => attempt(sources, section, (reader) => readGroup(sources, reader, claimed)));
  const kinds = [
    { prefix: 'program:', read: readProgramGroup },
    { prefix: 'eventlistener:', read: readListenerPool },
    { prefix: 'fcgi-program:', read: readFastCgiGroup },
  ];
  for (const { prefix, read } of kinds)
    for (const section of document.sectionsStartingWith(prefix))
      if (!claimed.has(section.name))
        groups.push(...attempt(sources, section, (reader) => read(reader, sources)));
  groups.sort((a, b) => a.priority - b.priority || compareByCodePoint(a.name, b.name));
  const first = new Map(groups.toReversed().map((group) => [group.name, group]));
  return groups.filter((group) => first.get(group.name) === group);
}

/** Skips a section that cannot be read when errors are collected. */
function attempt<T>(sources: GroupSources, section: Section, read: (reader: SectionReader) => T): T[] {
  const reader = sources.readerOf(section);
  try {
    return [read(reader)];
  } catch (error) {
    reader.problems.report(asConfigError(error).at(section.position));
    return [];
  }
}

function readGroup(sources: GroupSources, reader: SectionReader, claimed: Set<string>): GroupConfig {
  const name = programName(reader.section);
  const programs = reader.read(groupOptions.programs);
  const priority = reader.read(groupOptions.priority);
  const processes: ProcessConfig[] = [];
  // The original names the section it read last, which need not be the group.
  let shown = reader.section.name;
  for (const program of programs) {
    const found = ['program:', 'fcgi-program:'].flatMap(
      (prefix) => sources.document.sections.get(prefix + program) ?? [],
    );
    const [section] = found;
    if (found.length > 1)
      reader.complain(
        groupOptions.programs,
        `[${shown}] name ${program} is ambiguous (exists as program and fcgi-program)`,
      );
    if (!section) {
      reader.complain(groupOptions.programs, `[${shown}] names unknown program or fcgi-program ${program}`);
      continue;
    }
    shown = section.name;
    claimed.add(section.name);
    processes.push(...readProcesses(sources.readerOf(section), name, sources));
  }
  return { kind: 'programs', name, priority, processes: oneOfEachName(processes) };
}

function readProgramGroup(reader: SectionReader, daemon: ProgramContext): GroupConfig {
  const name = programName(reader.section);
  const priority = reader.read(programOptions.priority);
  return {
    kind: 'programs',
    name,
    priority,
    processes: oneOfEachName(readProcesses(reader, null, daemon)),
  };
}

function readListenerPool(reader: SectionReader, daemon: ProgramContext): EventListenerPoolConfig {
  const { name: section } = reader.section;
  const name = nameAfterColon(reader.section);
  const priority = reader.read(eventListenerOptions.priority);
  const bufferSize = reader.read(eventListenerOptions.bufferSize);
  if (bufferSize < 1)
    reader.complain(
      eventListenerOptions.bufferSize,
      `[${section}] section sets invalid buffer_size (${bufferSize})`,
    );
  const resultHandler = reader.read(eventListenerOptions.resultHandler);
  if (resultHandlerNamed(resultHandler) === 'acceptAll')
    daemon.warnings.push(
      `For [${section}], result_handler ${resultHandler} cannot be loaded, as it is written in Python:` +
        ' every RESULT of the listener, whatever it says, is taken as accepted',
    );
  const events = readEvents(reader);
  if (reader.read(eventListenerOptions.redirectStderr))
    reader.complain(
      eventListenerOptions.redirectStderr,
      `[${section}] section sets redirect_stderr=true but this is not allowed` +
        ' because it will interfere with the eventlistener protocol',
    );
  const processes = oneOfEachName(readProcesses(reader, name, daemon));
  return {
    kind: 'eventlistener',
    ...{ name, priority, bufferSize, events, resultHandler, processes },
  };
}

function readEvents(reader: SectionReader): readonly string[] {
  const names = reader.read(eventListenerOptions.events);
  const { name } = reader.section;
  if (names === null || names.length === 0) {
    reader.complain(eventListenerOptions.events, `[${name}] section requires an "events" line`);
    return [];
  }
  return reader.attempt(
    eventListenerOptions.events,
    () => checkedEvents(names, name),
    () => [],
  );
}

function readFastCgiGroup(reader: SectionReader, daemon: ProgramContext): FastCgiGroupConfig {
  const name = programName(reader.section);
  const priority = reader.read(programOptions.priority);
  const { socket, socketUrl, backlog } = readFastCgiSocket(reader.knowing([['program_name', name]]));
  const processes = oneOfEachName(readProcesses(reader, null, daemon));
  return { kind: 'fastcgi', name, priority, socket, socketUrl, backlog, processes };
}

/** The last process of a name wins, in the position of the first. */
function oneOfEachName(processes: readonly ProcessConfig[]): ProcessConfig[] {
  return [...new Map(processes.map((process) => [process.name, process])).values()];
}
