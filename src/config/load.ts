// Turns files into a Config. The error sink decides whether the first error is thrown or all are collected.
import { type Config, ConfigError, type ServerConfig, type SupervisordConfig } from './config.ts';
import { reportDependencyErrors } from './dependency-errors.ts';
import type { IniDocument, Section } from './dialect.ts';
import { type ErrorSink, throwFirst } from './error-sink.ts';
import type { Knowledge } from './expansion.ts';
import { readGroups } from './group-sections.ts';
import { type ConfigHost, rememberLookups } from './host.ts';
import type { CommandLineOverrides } from './overrides.ts';
import { type ReadFiles, readAllFiles } from './read-files.ts';
import { reportReadinessErrors } from './readiness-errors.ts';
import { SectionReader } from './section-reader.ts';
import { readRpcInterfaces, readServers } from './server-sections.ts';
import { lookUpUser, readSupervisord } from './supervisord-section.ts';
import { toAbsolute } from './values/paths.ts';

export interface ConfigRequest {
  /** As given with -c, or as found. */
  readonly path: string;
  readonly overrides: CommandLineOverrides;
  readonly host: ConfigHost;
}

/** What was read, and the texts it was read from. */
export interface Assembly extends ReadFiles {
  /** Null without [supervisord]. */
  readonly config: Config | null;
  /** Names that the options of every section may use. */
  readonly knowledge: Knowledge;
}

/** Throws ConfigError with the original's message for the first error. */
export function loadConfig(request: ConfigRequest): Config {
  const { config } = assemble(request, throwFirst);
  if (config === null) throw noSupervisordSection();
  return config;
}

/** Reads everything in the order in which the original validates it, and reports errors to `problems`. */
export function assemble(request: ConfigRequest, problems: ErrorSink): Assembly {
  const { path, overrides } = request;
  const host = rememberLookups(request.host);
  const systemEnvironment = environmentOf(host);
  const files = readAllFiles(path, host, systemEnvironment, problems);
  const { document, here } = files;
  const facts = new Map([['here', here]]);
  const knowledge: Knowledge = { facts, environments: [systemEnvironment] };
  const section = document.sections.get('supervisord');
  if (!section) {
    problems.report(noSupervisordSection());
    return { ...files, knowledge, config: null };
  }
  const warnings = [...files.warnings];
  const main = readerIn(document, section, host, problems, knowledge);
  const supervisord = readSupervisord(main, overrides);
  const environments = [new Map([...systemEnvironment, ...supervisord.environment])];
  const readerOf = (other: Section): SectionReader =>
    readerIn(document, other, host, problems, { facts, environments });
  const rpcInterfaces = readRpcInterfaces(document, readerOf, warnings);
  const groups = readGroups({ document, readerOf, warnings, environment: supervisord.environment });
  const servers: readonly ServerConfig[] = readServers(document, readerOf);
  const user = lookUpUser(main, supervisord.user, overrides);
  reportReadinessErrors(groups, document, problems);
  reportDependencyErrors(groups, document, problems);
  const environment = Object.fromEntries(supervisord.environment);
  const complete: SupervisordConfig = { ...supervisord.config, environment, user };
  const config = {
    path,
    absolutePath: toAbsolute(path, host),
    supervisord: complete,
    servers,
    rpcInterfaces,
    groups,
    warnings,
    infos: files.infos,
  };
  return { ...files, knowledge, warnings, config };
}

function readerIn(
  document: IniDocument,
  section: Section,
  host: ConfigHost,
  problems: ErrorSink,
  knowledge: Knowledge,
): SectionReader {
  return new SectionReader(document, section, host, problems, knowledge);
}

function environmentOf(host: ConfigHost): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(host.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

export function noSupervisordSection(): ConfigError {
  return new ConfigError('.ini file does not include supervisord section');
}
