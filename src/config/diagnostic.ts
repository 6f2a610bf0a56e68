// What `check` has found in a configuration.
import type { Absence, Bilingual, Position } from './config.ts';

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: Bilingual;
  /** For an error, what supervisord says. */
  readonly original: string | null;
  readonly position: Position | null;
  readonly section: string | null;
  readonly key: string | null;
  /** What is wrong, as it stands in the file; null when it is the whole line, or something missing. */
  readonly text: string | null;
  /** What would be right. */
  readonly remedy: Bilingual | null;
  /** For an error, what the machine lacks. */
  readonly absence: Absence | null;
}

export const nothingKnown = {
  ...{ position: null, section: null, key: null, text: null },
  ...{ remedy: null, absence: null, original: null },
} as const;
