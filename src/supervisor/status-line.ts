// What all processes do, in one line for people: "12 running, 1 fatal (nginx), 2 stopped". Pure.
import type { StateName } from './process-state.ts';

interface Counted {
  readonly qualifiedName: string;
  readonly state: StateName;
}

/** `ending` goes before it all while the supervisor stops. */
export function statusLine(
  processes: readonly Counted[],
  ending: 'restarting' | 'shutting down' | null,
): string {
  const parts = shown.flatMap(({ state, word, named }) => {
    const there = processes.filter((process) => process.state === state);
    if (there.length === 0) return [];
    return `${there.length} ${word}${named ? ` (${someNames(there)})` : ''}`;
  });
  const all = parts.length > 0 ? parts.join(', ') : 'no programs';
  return ending === null ? all : `${ending}: ${all}`;
}

/** Names are told where somebody has to do something. */
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

function someNames(processes: readonly Counted[]): string {
  const names = processes.slice(0, maxNames).map(({ qualifiedName }) => qualifiedName);
  return processes.length > maxNames ? `${names.join(', ')}, …` : names.join(', ');
}
