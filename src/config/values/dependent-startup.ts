// Value of `dependent_startup_wait_for`, an option of the event listener supervisord-dependent-startup:
// `PROGRAM:STATE[,STATE…] PROGRAM …`. It waits until all processes of the program have been in one of the states.
import { pythonRepr } from '../../python/repr.ts';
import { ConfigError } from '../config.ts';
import { type Condition, type Dependency, formatSelector } from './dependencies.ts';
import type { ValueType } from './value-type.ts';

/** What the states mean as conditions. EXITED comes with any exit code, and FATAL is an end, too. */
const states: readonly { readonly condition: Condition; readonly words: readonly string[] }[] = [
  { condition: 'started', words: ['starting'] },
  { condition: 'ready', words: ['running'] },
  { condition: 'ended', words: ['exited'] },
  { condition: 'ended', words: ['exited', 'fatal'] },
];

export const waitForList: ValueType<readonly Dependency[]> = {
  expects: {
    en: 'names of programs, separated by blanks, each with :running, :starting, :exited, :exited,fatal or nothing',
    zh: '用空格分隔的程序名，其后可写 :running、:starting、:exited 或 :exited,fatal',
  },
  parse: (value) =>
    value
      .split(/\s+/)
      .filter((item) => item !== '')
      .map(parseItem),
  format: (dependencies) => dependencies.map(formatItem).join(' '),
};

function parseItem(text: string): Dependency {
  const [program = '', words = 'running', ...more] = text.split(':');
  if (program === '' || more.length > 0 || /[,/]/.test(program))
    throw new ConfigError(`not a program and its states: ${pythonRepr(text)}`);
  const written = words.toLowerCase().split(',').toSorted().join();
  const state = states.find((known) => known.words.join() === written);
  if (state) return { on: { kind: 'program', program }, condition: state.condition };
  throw new ConfigError(
    `not states to wait for: ${pythonRepr(words)} (running, starting, exited or exited,fatal)`,
  );
}

function formatItem({ on, condition }: Dependency): string {
  const { words = [] } = states.find((known) => known.condition === condition) ?? {};
  return `${formatSelector(on)}:${words.join()}`;
}
