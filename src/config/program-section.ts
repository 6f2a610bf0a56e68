// The processes of [program:x], [fcgi-program:x] and [eventlistener:x].

import { compareByCodePoint, strip } from '../python/text.ts';
import { ConfigError, type ProcessConfig, type ProgramExtensions, type UserIdentity } from './config.ts';
import type { Section } from './dialect.ts';
import { programOptions as options } from './options/program.ts';
import { programExtensions } from './options/program-extensions.ts';
import { type OutputSettings, readOutputSettings, readStream } from './output-streams.ts';
import type { SectionReader } from './section-reader.ts';
import { checkedName } from './values/scalars.ts';

/** Settings shared by all processes of a program. */
interface ProgramSettings
  extends Omit<
    ProcessConfig,
    'name' | 'program' | 'command' | 'directory' | 'environment' | 'stdout' | 'stderr' | 'extensions'
  > {
  readonly numprocs: number;
  readonly numprocsStart: number;
  readonly stdout: OutputSettings;
  readonly stderr: OutputSettings;
  /** Of all processes, where the section has none of these options; else each process reads its own. */
  readonly extensions: ProgramExtensions | null;
}

/** What programs take from outside their section. */
export interface ProgramContext {
  /** From [supervisord]; every program's own variables override it. */
  readonly environment: ReadonlyMap<string, string>;
  /** Receives lines for the activity log. */
  readonly warnings: string[];
}

/** A typing error must not exhaust the memory of a running daemon. */
const maxProcesses = 100_000;

const commandLine = { en: 'command = a program and its arguments', zh: 'command = 程序及其参数' };
const numberedName = {
  en: 'process_name = %(program_name)s_%(process_num)02d',
  zh: 'process_name = %(program_name)s_%(process_num)02d',
};

/** The name after the colon. Throws ConfigError for an invalid character. */
export function programName(section: Section): string {
  return checkedName(nameAfterColon(section));
}

export function nameAfterColon(section: Section): string {
  return section.name.slice(section.name.indexOf(':') + 1);
}

/**
 * All processes of the section, by name. `group` null: the program forms a group of its own. Error messages name the
 * section and its file.
 */
export function readProcesses(
  plain: SectionReader,
  group: string | null,
  daemon: ProgramContext,
): ProcessConfig[] {
  const named = plain.namingItself();
  const name = nameOrReport(named);
  const reader = named.knowing([
    ['program_name', name],
    ['host_node_name', named.host.hostname],
    ['group_name', group ?? name],
  ]);
  const settings = readSettings(reader);
  if (settings.numprocs > maxProcesses) {
    reader.complain(options.numprocs, `numprocs ${settings.numprocs} is above ${maxProcesses}`);
    return [];
  }
  const processes: ProcessConfig[] = [];
  for (let index = 0; index < settings.numprocs; index += 1)
    processes.push({
      program: name,
      ...readProcess(reader, settings, settings.numprocsStart + index, daemon),
    });
  return processes.sort((a, b) => compareByCodePoint(a.name, b.name));
}

function nameOrReport(reader: SectionReader): string {
  try {
    return programName(reader.section);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    reader.problems.report(error.at(reader.section.position));
    return nameAfterColon(reader.section);
  }
}

/** In the order in which the original reports errors. */
function readSettings(reader: SectionReader): ProgramSettings {
  // As in the original, a group's member may use more names here than the group's priority.
  const priority = reader.read({ ...options.priority, names: 'program' });
  const autostart = reader.read(options.autostart);
  const autorestart = reader.read(options.autorestart);
  const startsecs = reader.read(options.startsecs);
  const startretries = reader.read(options.startretries);
  const stopsignal = reader.read(options.stopsignal);
  const stopwaitsecs = reader.read(options.stopwaitsecs);
  const stopasgroup = reader.read(options.stopasgroup);
  const killasgroup = reader.read(options.killasgroup) ?? stopasgroup;
  const killascgroup = reader.read(options.killascgroup);
  const exitcodes = reader.read(options.exitcodes);
  const redirectStderr = reader.read(options.redirectStderr);
  const numprocs = reader.read(options.numprocs);
  const numprocsStart = reader.read(options.numprocsStart);
  const stdout = readOutputSettings(reader, 'stdout');
  const stderr = readOutputSettings(reader, 'stderr');
  const serverurl = serverUrl(reader.read(options.serverurl));
  const user: UserIdentity | null = reader.read(options.user);
  const umask = reader.read(options.umask);
  const processName = reader.readRaw(options.processName);
  if (numprocs > 1 && !processName.includes('%(process_num)'))
    reader.complain(
      options.processName,
      '%(process_num) must be present within process_name when numprocs > 1',
      numberedName,
    );
  if (stopasgroup && !killasgroup)
    reader.complain(options.killasgroup, 'Cannot set stopasgroup=true and killasgroup=false');
  return {
    ...{ priority, autostart, autorestart, startsecs, startretries, stopsignal, stopwaitsecs },
    ...{ stopasgroup, killasgroup, killascgroup, exitcodes, redirectStderr, numprocs, numprocsStart },
    ...{ stdout, stderr, serverurl, user, umask },
    extensions: reader.hasAny(programExtensions) ? null : readExtensions(reader),
  };
}

function readProcess(
  program: SectionReader,
  settings: ProgramSettings,
  processNumber: number,
  { environment: shared, warnings }: ProgramContext,
): Omit<ProcessConfig, 'program'> {
  const { numprocs, numprocsStart: _, ...common } = settings;
  const numbered = program.knowing([
    ['process_num', processNumber],
    ['numprocs', numprocs],
  ]);
  const environment = numbered.read(options.environment);
  const reader = numbered.knowingEnvironment(environment);
  const directory = reader.read(options.directory);
  const stdout = readStream(reader, 'stdout', common.stdout, false, warnings);
  const stderr = readStream(reader, 'stderr', common.stderr, common.redirectStderr, warnings);
  const command = reader.read(options.command);
  if (command === null) {
    const message = `program section ${reader.section.name} does not specify a command`;
    if (reader.setting(options.command) === undefined) reader.complain(options.command, message, commandLine);
  }
  const name = reader.readText(options.processName);
  const extensions = common.extensions ?? readExtensions(reader);
  return {
    ...common,
    name,
    autostart: common.autostart || extensions.dependentStartup,
    command: command ?? '',
    directory,
    environment: Object.fromEntries([...shared, ...environment]),
    stdout,
    stderr,
    extensions,
  };
}

/** `dependent_startup_wait_for` is part of `dependsOn`, after the others. */
function readExtensions(reader: SectionReader): ProgramExtensions {
  const extensions = reader.readAll(programExtensions);
  const { dependsOn, dependentStartupWaitFor } = extensions;
  if (dependentStartupWaitFor.length === 0) return extensions;
  return { ...extensions, dependsOn: [...dependsOn, ...dependentStartupWaitFor] };
}

function serverUrl(text: string): ProcessConfig['serverurl'] {
  if (strip(text).toUpperCase() === 'AUTO') return { kind: 'auto' };
  return text === '' ? { kind: 'empty' } : { kind: 'url', url: text };
}
