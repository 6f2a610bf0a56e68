// The texts of the page in the chosen language.
import type { ExitView, ProcessView } from '../http/ui/api-types.ts';
import { en, type Words } from './messages-en.ts';
import { zh } from './messages-zh.ts';
import type { Failure } from './operations.ts';
import { type Language, language } from './settings.ts';
import { useStore } from './store.ts';

export type { Words };

const languages: Readonly<Record<Language, Words>> = { en, zh };

export function useWords(): Words {
  return languages[useStore(language)];
}

/** `code 1`, `SIGKILL (core dumped)`. */
export function exitText(words: Words, exit: ExitView): string {
  if (exit.kind === 'exited') return words.exitCode(exit.code);
  return exit.coreDumped ? `${exit.signal} (${words.coreDumped})` : exit.signal;
}

/** What a program says about itself: `reloading: 3 of 5 files`; empty for nothing. */
export function toldText(
  words: Words,
  { statusText, reloading }: Pick<ProcessView, 'statusText' | 'reloading'>,
): string {
  return [reloading ? words.reloading : '', statusText].filter((text) => text !== '').join(': ');
}

export function failureText(words: Words, { fault, detail }: Pick<Failure, 'fault' | 'detail'>): string {
  const reason = new Map<string, string>(Object.entries(words.faults)).get(fault) ?? fault;
  return detail === '' ? reason : `${reason}: ${detail}`;
}
