// What an option's value may be. A type turns text into a value or says what was wrong, in the original's words.
import type { Bilingual } from '../config.ts';
import type { ConfigHost } from '../host.ts';

export interface ValueType<T> {
  /** What may stand there, for people. */
  readonly expects: Bilingual;
  /** `text` is expanded and has no blanks at its ends. Throws ConfigError. */
  parse(text: string, host: ConfigHost): T;
  /** The value as one would write it, without the doubled percent signs that expansion takes. */
  format(value: T): string;
}
