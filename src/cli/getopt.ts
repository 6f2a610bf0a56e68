// Splits command lines like getopt(3) and Python's getopt. Knows nothing of the options' meaning.

/** An option and its spellings. */
export interface OptionSpec<Name extends string> {
  readonly name: Name;
  /** Single-letter spellings. */
  readonly short: string;
  /** Without dashes; empty if there is none. May be abbreviated to a unique prefix. */
  readonly long: string;
  readonly takesValue: boolean;
}

export interface GivenOption<Name extends string> {
  readonly name: Name;
  /** For messages: `-c` or, never abbreviated, `--configuration`. */
  readonly spelled: string;
  /** Empty for a flag. */
  readonly value: string;
}

export interface CommandLine<Name extends string> {
  readonly given: readonly GivenOption<Name>[];
  /** From the first operand on. */
  readonly rest: readonly string[];
}

/** An invalid command line: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Splits `args`; options end at `--` or at the first operand. Throws UsageError. */
export function getopt<Name extends string>(
  args: readonly string[],
  specs: readonly OptionSpec<Name>[],
): CommandLine<Name> {
  const given: GivenOption<Name>[] = [];
  const words = [...args];
  for (;;) {
    const word = words[0];
    if (word === undefined || !word.startsWith('-') || word === '-') return { given, rest: words };
    words.shift();
    if (word === '--') return { given, rest: words };
    if (word.startsWith('--')) given.push(takeLong(word.slice(2), words, specs));
    else given.push(...takeShorts(word.slice(1), words, specs));
  }
}

/** `name`, `name=value` or, for an option with a value, `name` and the next word. */
function takeLong<Name extends string>(
  text: string,
  words: string[],
  specs: readonly OptionSpec<Name>[],
): GivenOption<Name> {
  const equals = text.indexOf('=');
  const written = equals < 0 ? text : text.slice(0, equals);
  const value = equals < 0 ? null : text.slice(equals + 1);
  const spec = findLong(written, specs);
  const spelled = `--${spec.long}`;
  if (!spec.takesValue) {
    if (value !== null) throw new UsageError(`option ${spelled} must not have an argument`);
    return { name: spec.name, spelled, value: '' };
  }
  return { name: spec.name, spelled, value: value ?? nextWord(words, spelled) };
}

function findLong<Name extends string>(
  written: string,
  specs: readonly OptionSpec<Name>[],
): OptionSpec<Name> {
  const candidates = specs.filter(({ long }) => long !== '' && long.startsWith(written));
  const [only] = candidates;
  if (!only) throw new UsageError(`option --${written} not recognized`);
  const exact = candidates.find(({ long }) => long === written);
  if (!exact && candidates.length > 1) throw new UsageError(`option --${written} not a unique prefix`);
  return exact ?? only;
}

/** `nk` is two flags; for an option with a value, the rest of the word or the next word is the value. */
function takeShorts<Name extends string>(
  letters: string,
  words: string[],
  specs: readonly OptionSpec<Name>[],
): GivenOption<Name>[] {
  const given: GivenOption<Name>[] = [];
  const characters = [...letters];
  for (const [index, letter] of characters.entries()) {
    const spelled = `-${letter}`;
    const spec = specs.find(({ short }) => short.includes(letter));
    if (!spec) throw new UsageError(`option ${spelled} not recognized`);
    if (!spec.takesValue) {
      given.push({ name: spec.name, spelled, value: '' });
      continue;
    }
    const attached = characters.slice(index + 1).join('');
    given.push({ name: spec.name, spelled, value: attached === '' ? nextWord(words, spelled) : attached });
    break;
  }
  return given;
}

function nextWord(words: string[], spelled: string): string {
  const word = words.shift();
  if (word === undefined) throw new UsageError(`option ${spelled} requires argument`);
  return word;
}
