// A row of the option table: everything there is to say about an option, once.
import type { Bilingual } from '../config.ts';
import type { NamesKind } from '../expansion.ts';
import type { ConfigHost } from '../host.ts';
import type { ValueType } from '../values/value-type.ts';

export interface Option<T> extends OptionDescription {
  readonly type: ValueType<T>;
  /** The value when the option is not there. */
  absent(host: ConfigHost): T;
}

/** Rows by the names that the program has for their values. */
export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** What a table's options come to. */
export type ValuesOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never;
};

/** A row without its type: what documentation, completion and `check` need. */
export interface OptionDescription extends Facts {
  readonly key: string;
  readonly expects: Bilingual;
  /** As one would write it in the file; null when there is none. */
  readonly default: string | null;
}

interface Facts {
  /** Which names `%(name)s` may use. */
  readonly names: NamesKind;
  /**
   * `twice`: what the first expansion made is expanded again, so that `%%` is needed for what the second is to see.
   * `unnamed`: messages name the option without its section.
   */
  readonly expansion?: 'once' | 'twice' | 'unnamed';
  readonly required?: boolean;
  /** Supervisor's version that brought it, or tsupervisor's, with its name before it. */
  readonly since: string;
  readonly help: Bilingual;
  /** Where `default` alone would mislead. */
  readonly defaultNote?: Bilingual;
  /** A value for the sample configuration when there is no default. */
  readonly example?: string;
}

/** An option that has `fallback` when it is not in the file. */
export function withDefault<T>(key: string, type: ValueType<T>, fallback: string, facts: Facts): Option<T> {
  let parsed: { readonly value: T; readonly cwd: string } | null = null;
  return {
    ...facts,
    key,
    type,
    expects: type.expects,
    default: fallback,
    absent(host) {
      // Thousands of processes share a default. It may be a file name, made absolute here.
      if (parsed?.cwd !== host.cwd) parsed = { value: type.parse(fallback, host), cwd: host.cwd };
      return parsed.value;
    },
  };
}

/** An option that is null when it is not in the file. */
export function optional<T>(key: string, type: ValueType<T>, facts: Facts): Option<T | null> {
  return { ...facts, key, type, expects: type.expects, default: null, absent: () => null };
}
