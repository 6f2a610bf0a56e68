// A readable message for an invalid value.
import type { Bilingual, Offence } from './config.ts';

export interface PlainWords {
  readonly message: Bilingual;
  /** The offending part of the value; null for all of it. */
  readonly text?: string;
  /** Replaces the general description of accepted values. */
  readonly remedy?: Bilingual;
}

export interface Rewording {
  /** Matches the message without section and file. */
  readonly pattern: RegExp;
  /** Null if the pattern matched by accident. */
  readonly say: (words: RegExpExecArray, offence: Offence) => PlainWords | null;
}
