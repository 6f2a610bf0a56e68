// Reads the main file and its includes into one document, and substitutes `%(here)s`.
import { compareByCodePoint, words } from '../python/text.ts';
import { ConfigError, type Position } from './config.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import { IniDocument, readDialect } from './dialect.ts';
import type { ErrorSink } from './error-sink.ts';
import { glob } from './glob.ts';
import type { ConfigHost } from './host.ts';
import { includeOptions } from './options/servers.ts';
import { SectionReader } from './section-reader.ts';
import { absoluteIn, directoryOf, toAbsolute } from './values/paths.ts';

export interface ReadFiles {
  readonly document: IniDocument;
  /** Absolute directory of the main file. */
  readonly here: string;
  /** Everything that was read, main file first. */
  readonly files: readonly string[];
  /** The patterns of [include], made absolute. */
  readonly patterns: readonly string[];
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Reports errors in the text; throws ConfigError if the file cannot be read at all. */
function readMainFile(path: string, host: ConfigHost, problems: ErrorSink): IniDocument {
  const document = new IniDocument();
  if (!host.exists(path)) throw new ConfigError(`could not find config file ${path}`);
  const bytes = readOrNull(path, host);
  if (bytes === null) throw new ConfigError(`could not read config file ${path}`);
  readBytes(document, path, bytes, problems);
  return document;
}

/** Reads the main file and everything its [include] names. */
export function readAllFiles(
  path: string,
  host: ConfigHost,
  environment: ReadonlyMap<string, string>,
  problems: ErrorSink,
): ReadFiles {
  const document = readMainFile(path, host, problems);
  const here = directoryOf(toAbsolute(path, host));
  const result = {
    document,
    here,
    files: [path],
    patterns: [] as string[],
    warnings: [] as string[],
    infos: [] as string[],
  };
  const section = document.sections.get('include');
  if (!section) return result;
  const setting = document.setting(section, includeOptions.files.key);
  if (!setting) {
    const message = '.ini file has [include] section, but no files setting';
    problems.report(new ConfigError(message, section.position));
    return result;
  }
  replaceHere(document, here);
  const facts = new Map([
    ['here', here],
    ['host_node_name', host.hostname],
  ]);
  const reader = new SectionReader(document, section, host, problems, { facts, environments: [environment] });
  for (const pattern of words(reader.read(includeOptions.files) ?? ''))
    include(pattern, result, host, problems);
  return result;
}

/** Said of a pattern of [include]. */
export function noFileMatches(pattern: string): string {
  return `No file matches via include "${pattern}"`;
}

function include(
  pattern: string,
  {
    document,
    here,
    files,
    patterns,
    warnings,
    infos,
  }: ReadFiles & { files: string[]; patterns: string[]; warnings: string[]; infos: string[] },
  host: ConfigHost,
  problems: ErrorSink,
): void {
  const absolute = absoluteIn(here, pattern);
  patterns.push(absolute);
  const matches = glob(absolute, host).sort(compareByCodePoint);
  if (matches.length === 0) warnings.push(noFileMatches(absolute));
  for (const match of matches) {
    infos.push(`Included extra file "${match}" during parsing`);
    files.push(match);
    // Reading a FIFO without a writer would block the daemon forever.
    const bytes = host.isFile(match) ? readOrNull(match, host) : null;
    if (bytes !== null) readBytes(document, match, bytes, problems);
    replaceHere(document, directoryOf(toAbsolute(match, host)));
  }
}

function readBytes(document: IniDocument, file: string, bytes: Uint8Array, problems: ErrorSink): void {
  const { text, error, goodBytes } = decodeUtf8(bytes);
  readDialect(document, file, text, problems, error !== null);
  if (error) problems.report(error.at(endOf(file, bytes.subarray(0, goodBytes))));
}

/** Position where decoding stopped. */
function endOf(file: string, good: Uint8Array): Position {
  return { file, line: new TextDecoder().decode(good).split(/\r\n?|\n/).length };
}

function readOrNull(path: string, host: ConfigHost): Uint8Array | null {
  try {
    return host.readFile(path);
  } catch {
    return null;
  }
}

const hereName = '%(here)s';

/**
 * Substitutes the directory literally in everything read so far, so that `here` is each file's own directory. This
 * turns fallbacks from [DEFAULT] into options of the section.
 */
function replaceHere(document: IniDocument, directory: string): void {
  const defaults = [...document.defaults.values()].filter(({ text }) => text.includes(hereName));
  // Text substituted earlier need not be scanned again unless defaults reintroduce the name.
  const sections = defaults.length > 0 ? document.sections.values() : document.touched;
  for (const section of sections) {
    const inherited = defaults.filter(({ key }) => !section.settings.has(key));
    for (const setting of [...section.settings.values(), ...inherited])
      if (setting.text.includes(hereName))
        section.settings.set(setting.key, {
          ...setting,
          text: setting.text.replaceAll(hereName, () => directory),
        });
  }
  document.touched.clear();
}
