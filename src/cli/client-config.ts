// The sections of supervisord's configuration that clients read. Other sections are not parsed.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { ConfigError } from '../config/config.ts';
import { decodeUtf8 } from '../config/decode-utf8.ts';
import { IniDocument, readDialect, type Section } from '../config/dialect.ts';
import { throwFirst } from '../config/error-sink.ts';
import { expand, type Knowledge, type NamesKind, namesOf } from '../config/expansion.ts';

/** One file. As in the original's clients, included files are not followed. */
export class ClientConfig {
  readonly #document: IniDocument;
  readonly #knowledge: Knowledge;

  /** Throws ConfigError. */
  constructor(path: string) {
    this.#document = parse(path);
    this.#knowledge = {
      facts: new Map([['here', resolve(dirname(path))]]),
      environments: [environmentVariables()],
    };
  }

  section(name: string): Section | null {
    return this.#document.sections.get(name) ?? null;
  }

  sectionsStartingWith(prefix: string): Section[] {
    return this.#document.sectionsStartingWith(prefix);
  }

  /** The expanded value, null if missing. Throws ConfigError. */
  read(section: Section, key: string, names: NamesKind): string | null {
    const setting = this.#document.setting(section, key);
    return setting ? expand(setting.text, `${section.name}.${key}`, namesOf(names, this.#knowledge)) : null;
  }
}

/** Absolute path; `~` is the home directory. */
export function absolutePath(path: string): string {
  const isAtHome = path === '~' || path.startsWith('~/');
  return resolve(isAtHome ? homedir() + path.slice(1) : path);
}

function parse(path: string): IniDocument {
  if (!existsSync(path)) throw new ConfigError(`could not find config file ${path}`);
  const { text, error } = decodeUtf8(readBytes(path));
  if (error) throw error;
  const document = new IniDocument();
  readDialect(document, path, text, throwFirst);
  return document;
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    throw new ConfigError(`could not read config file ${path}`);
  }
}

function environmentVariables(): Map<string, string> {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) variables.set(name, value);
  }
  return variables;
}
