// A state by word, sign and colour.
import type { StateName } from '../http/web/wire.ts';
import { useWords } from './words.ts';

export const signs: Readonly<Record<StateName, string>> = {
  RUNNING: '●',
  STARTING: '◔',
  STOPPING: '◕',
  BACKOFF: '▲',
  STOPPED: '■',
  EXITED: '◇',
  FATAL: '✖',
  UNKNOWN: '?',
};

export function StateBadge({ state }: { readonly state: StateName }) {
  const words = useWords();
  return (
    <span class={`state ${state}`} title={state}>
      <span aria-hidden="true">{signs[state]}</span> {words.states[state]}
    </span>
  );
}
