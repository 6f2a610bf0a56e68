// Value types of options: parse text into a value or throw with the original's message.
import type { Bilingual } from '../config.ts';
import type { ConfigHost } from '../host.ts';

export interface ValueType<T> {
  /** What the type accepts, for users. */
  readonly expects: Bilingual;
  /** `text` is expanded and trimmed. Throws ConfigError. */
  parse(text: string, host: ConfigHost): T;
  /** The value as written in a file, without the doubled percent signs that expansion needs. */
  format(value: T): string;
}
