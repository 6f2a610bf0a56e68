// Unknown sections and options, with suggestions.
import { pythonRepr } from '../python/repr.ts';
import type { Bilingual } from './config.ts';
import { type Diagnostic, nothingKnown } from './diagnostic.ts';
import type { IniDocument, Section, Setting } from './dialect.ts';
import { didYouMean, nearest } from './edit-distance.ts';
import { kindOfSection, type SectionKind, sectionKinds } from './options/sections.ts';

export function unknownNames(document: IniDocument): Diagnostic[] {
  return [...document.sections.values()].flatMap((section) => {
    const kind = kindOfSection(section.name);
    if (kind === null) return unknownSection(section);
    const known = keysOf(kind);
    return [...(kind.open ? [] : unknownKeys(section, known)), ...swallowedOptions(section, known)];
  });
}

function keysOf(kind: SectionKind): ReadonlySet<string> {
  return new Set(kind.options.map(({ key }) => key));
}

function unknownSection({ name, position }: Section): Diagnostic[] {
  // A Chinese input method writes the full-width `：` for `:`.
  const narrow = name.normalize('NFKC');
  const colon = narrow.indexOf(':') + 1;
  const meant = nearest(
    narrow.slice(0, colon || undefined).toLowerCase(),
    sectionKinds.map((kind) => kind.name),
  );
  const rest = colon === 0 ? '' : narrow.slice(colon);
  return [
    {
      ...nothingKnown,
      severity: 'warning',
      message: {
        en: `unknown section [${name}] (ignored)`,
        zh: `未知的配置节 [${name}]（已忽略）`,
      },
      position,
      section: name,
      remedy: meant === null ? null : didYouMean(`[${meant}${rest || (meant.endsWith(':') ? 'NAME' : '')}]`),
    },
  ];
}

function unknownKeys(section: Section, known: ReadonlySet<string>): Diagnostic[] {
  return [...section.settings.values()]
    .filter(({ key }) => !known.has(key))
    .map(({ key, position }) => ({
      ...nothingKnown,
      severity: 'warning',
      message: {
        en: `unknown option ${key} in [${section.name}] (ignored)`,
        zh: `未知选项 ${key}，位于 [${section.name}]（已忽略）`,
      },
      position,
      section: section.name,
      key,
      remedy: adviceOn(key, known),
    }));
}

/** The setting that was probably meant to be option `key` of `section`; null if there is none. */
export function misspelt(section: Section, key: string): Setting | null {
  const kind = kindOfSection(section.name);
  if (kind === null || section.settings.has(key)) return null;
  const known = keysOf(kind);
  const unknown = [...section.settings.values()].filter((setting) => !known.has(setting.key));
  return unknown.find((setting) => probablyMeant(setting.key, known) === key) ?? null;
}

function adviceOn(key: string, known: ReadonlySet<string>): Bilingual {
  const home = sectionKinds.find((kind) => kind.match === 'exact' && keysOf(kind).has(key));
  if (home && !known.has(otherNames.get(key) ?? ''))
    return { en: `it belongs in [${home.name}]`, zh: `它属于 [${home.name}]` };
  const meant = probablyMeant(key, known);
  return meant === null
    ? {
        en: '; before a comment; all options: tsupervisor echo-conf',
        zh: '注释前写 ;；全部选项见 tsupervisor echo-conf',
      }
    : didYouMean(meant);
}

function probablyMeant(key: string, known: ReadonlySet<string>): string | null {
  const other = otherNames.get(key);
  if (other !== undefined && known.has(other)) return other;
  const longer = key.length < 6 ? undefined : [...known].find((candidate) => candidate.startsWith(key));
  return longer ?? nearest(key, known);
}

/** Names of the same options in other process managers. */
const otherNames = new Map([
  ...['workdir', 'working_dir', 'workingdir', 'workingdirectory', 'working_directory', 'cwd', 'chdir'].map(
    (name) => [name, 'directory'] as const,
  ),
  ...['cmd', 'exec', 'execstart', 'script'].map((name) => [name, 'command'] as const),
  ...['env', 'envs', 'environments'].map((name) => [name, 'environment'] as const),
  ...['restart', 'auto_restart'].map((name) => [name, 'autorestart'] as const),
  ...['logfile', 'log_file', 'log', 'stdout'].map((name) => [name, 'stdout_logfile'] as const),
  ...['stderr', 'errorlog', 'error_log'].map((name) => [name, 'stderr_logfile'] as const),
  ...['dependson', 'depends', 'requires', 'after', 'start_after', 'waits_for'].map(
    (name) => [name, 'depends_on'] as const,
  ),
  ...['instances', 'processes', 'process_num'].map((name) => [name, 'numprocs'] as const),
]);

/** An indented line continues the value above it; if it looks like an option, that is hardly intended. */
function swallowedOptions(section: Section, known: ReadonlySet<string>): Diagnostic[] {
  return [...section.settings.values()].flatMap(({ key, text, position }) =>
    text
      .split('\n')
      .slice(1)
      .filter((line) => known.has(/^([^=:]*[^=:\s])\s*[=:]/.exec(line)?.[1]?.toLowerCase() ?? ''))
      .map((line) => ({
        ...nothingKnown,
        severity: 'warning' as const,
        message: {
          en: `the indented line ${pythonRepr(line)} continues the value of ${key}`,
          zh: `有缩进的行 ${pythonRepr(line)} 会成为 ${key} 的值的一部分`,
        },
        position,
        section: section.name,
        key,
        remedy: { en: 'no spaces before an option', zh: '选项前不要有空白' },
      })),
  );
}
