// A row of the option table: everything about an option, in one place.
import type { Bilingual } from '../config.ts';
import type { NamesKind } from '../expansion.ts';
import type { ConfigHost } from '../host.ts';
import type { ValueType } from '../values/value-type.ts';

export interface Option<T> extends OptionDescription {
  readonly type: ValueType<T>;
  /** The value if the option is missing. */
  absent(host: ConfigHost): T;
}

/** Rows keyed by the name of the value in code. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values of a table's options. */
export type ValuesOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never;
};

/** A row without its value type: what documentation, completion and `check` need. */
export interface OptionDescription extends Facts {
  readonly key: string;
  readonly expects: Bilingual;
  /** As written in a file; null if there is none. */
  readonly default: string | null;
}

interface Facts {
  /** Names that `%(name)s` may use. */
  readonly names: NamesKind;
  /**
   * `twice`: the result of the first expansion is expanded again, so names for the second one need `%%`.
   * `unnamed`: messages name the option without its section.
   */
  readonly expansion?: 'once' | 'twice' | 'unnamed';
  readonly required?: boolean;
  /** Version of Supervisor that introduced it, or of tsupervisor, prefixed by its name. */
  readonly since: string;
  readonly help: Bilingual;
  /** Where `default` alone would be misleading. */
  readonly defaultNote?: Bilingual;
  /** A value for the sample configuration if there is no default. */
  readonly example?: string;
}

/** An option that has `fallback` if it is missing. */
export function withDefault<T>(key: string, type: ValueType<T>, fallback: string, facts: Facts): Option<T> {
  let parsed: { readonly value: T; readonly cwd: string } | null = null;
  return {
    ...facts,
    key,
    type,
    expects: type.expects,
    default: fallback,
    absent(host) {
      // Cached, since thousands of processes share a default. Depends on cwd, since it may be a relative file name.
      if (parsed?.cwd !== host.cwd) parsed = { value: type.parse(fallback, host), cwd: host.cwd };
      return parsed.value;
    },
  };
}

/** An option that is null if it is missing. */
export function optional<T>(key: string, type: ValueType<T>, facts: Facts): Option<T | null> {
  return { ...facts, key, type, expects: type.expects, default: null, absent: () => null };
}

/** Rows keyed by their option, for tables that would otherwise have several rows of one name. */
export function byKey(table: OptionTable): OptionTable {
  return Object.fromEntries(Object.values(table).map((option) => [option.key, option]));
}
