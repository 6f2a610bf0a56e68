// What the doctor has found: a thing that is wrong, why, and what to do about it. In both languages.
import type { Bilingual } from '../config/config.ts';

export type { Bilingual };

export interface Finding {
  /** For programs, the same in every language: `socket-stale`. */
  readonly id: string;
  readonly what: Bilingual;
  readonly why: Bilingual;
  /** Lines to copy: commands, or what to write into the configuration. */
  readonly remedy: Bilingual;
}

/** The same in both languages: commands, paths, names. */
export function both(text: string): Bilingual {
  return { en: text, zh: text };
}

/** A word of a shell command, quoted where it needs to be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
