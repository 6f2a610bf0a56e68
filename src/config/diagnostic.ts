// A finding of `check`.
import type { Absence, Bilingual, Position } from './config.ts';

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: Bilingual;
  /** For an error, the message of supervisord. */
  readonly original: string | null;
  readonly position: Position | null;
  readonly section: string | null;
  readonly key: string | null;
  /** The offending text as written in the file; null for the whole line or for something missing. */
  readonly text: string | null;
  /** How to fix it. */
  readonly remedy: Bilingual | null;
  /** For an error, what the machine lacks. */
  readonly absence: Absence | null;
}

export const nothingKnown = {
  ...{ position: null, section: null, key: null, text: null },
  ...{ remedy: null, absence: null, original: null },
} as const;
