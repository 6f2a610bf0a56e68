// A finding of the doctor: what is wrong, why, and the remedy, in both languages.
import type { Bilingual } from '../config/config.ts';

export type { Bilingual };

/** Stable identifier for scripts, independent of language and version. */
export type FindingId = MachineFindingId | UnitFindingId | ProgramFindingId;

export type MachineFindingId =
  | 'configuration-not-found'
  | 'configuration-mistake'
  | 'configuration-not-the-daemons'
  | 'configuration-not-in-force'
  | 'user-missing'
  | 'directory-missing'
  | 'not-writable'
  | 'disk-full'
  | 'log-open-to-others'
  | 'daemon-not-running'
  | 'two-daemons'
  | 'daemon-silent'
  | 'daemon-outdated'
  | 'server-wants-password'
  | 'server-strange'
  | 'server-elsewhere'
  | 'no-server'
  | 'socket-missing'
  | 'socket-stale'
  | 'socket-denied'
  | 'socket-not-a-socket'
  | 'socket-taken'
  | 'socket-unusable'
  | 'port-taken'
  | 'port-not-open'
  | 'address-unknown'
  | 'limit-too-low'
  | 'descriptors-used-up'
  | 'orphans';

export type UnitFindingId =
  | 'unit-failed'
  | 'unit-masked'
  | 'unit-broken'
  | 'unit-not-enabled'
  | 'daemon-outside-unit'
  | 'two-units'
  | 'private-tmp';

export type ProgramFindingId =
  | 'program-unknown'
  | 'program-waits'
  | 'program-daemonises-itself'
  | `program-${CauseId}`;

/** Why a program is not running. */
export type CauseId =
  | 'command-not-found'
  | 'command-is-directory'
  | 'command-not-executable'
  | 'command-not-permitted'
  | 'command-unusable'
  | 'directory-unusable'
  | 'user-not-permitted'
  | 'script-without-interpreter'
  | 'command-not-started'
  | 'log-not-writable'
  | 'descriptors-used-up'
  | 'processes-used-up'
  | 'port-taken'
  | 'module-not-found'
  | 'permission-denied'
  | 'file-not-found'
  | 'exits-too-quickly'
  | 'not-ready'
  | 'dependencies-not-met'
  | 'keeps-restarting';

export interface Finding {
  readonly id: FindingId;
  readonly what: Bilingual;
  readonly why: Bilingual;
  /** Lines to copy: commands, or text for the configuration. */
  readonly remedy: Bilingual;
}

/** Text that is the same in both languages: commands, paths, names. */
export function both(text: string): Bilingual {
  return { en: text, zh: text };
}

/** A shell word on one line, quoted if necessary, without control characters. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replaceAll(/[\x00-\x1f\\'\x7f-\x9f\u2028\u2029]/g, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  // ANSI-C quoting of bash and zsh; other shells see one harmless word.
  return `$'${escaped}'`;
}
