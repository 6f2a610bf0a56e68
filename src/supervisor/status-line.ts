// The states of all processes in one line for people: "12 running, 1 fatal (nginx), 2 stopped". Pure.
import type { StateName } from './lifecycle/process-state.ts';

interface Counted {
  readonly qualifiedName: string;
  readonly state: StateName;
}

/** `ending` is a prefix while the supervisor shuts down. */
export function statusLine(
  processes: readonly Counted[],
  ending: 'restarting' | 'shutting down' | null,
): string {
  const parts = shown.flatMap(({ state, word, named }) => {
    const matching = processes.filter((process) => process.state === state);
    if (matching.length === 0) return [];
    return `${matching.length} ${word}${named ? ` (${firstNames(matching)})` : ''}`;
  });
  const all = parts.length > 0 ? parts.join(', ') : 'no programs';
  return ending === null ? all : `${ending}: ${all}`;
}

/** Names are listed for states that need attention. */
const shown: readonly { readonly state: StateName; readonly word: string; readonly named: boolean }[] = [
  { state: 'RUNNING', word: 'running', named: false },
  { state: 'STARTING', word: 'starting', named: false },
  { state: 'STOPPING', word: 'stopping', named: true },
  { state: 'BACKOFF', word: 'retrying', named: true },
  { state: 'FATAL', word: 'fatal', named: true },
  { state: 'UNKNOWN', word: 'unknown', named: true },
  { state: 'EXITED', word: 'exited', named: false },
  { state: 'STOPPED', word: 'stopped', named: false },
];

const maxNames = 5;

function firstNames(processes: readonly Counted[]): string {
  const names = processes.slice(0, maxNames).map(({ qualifiedName }) => qualifiedName);
  return processes.length > maxNames ? `${names.join(', ')}, …` : names.join(', ');
}
