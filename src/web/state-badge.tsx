// A state by word, sign and colour.
import type { StateName } from '../http/web/wire.ts';
import { useWords } from './words.ts';

const signs: Readonly<Record<StateName, string>> = {
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
      <StateSign state={state} />
      {words.states[state]}
    </span>
  );
}

export function StateSign({ state }: { readonly state: StateName }) {
  return (
    <span class="sign" aria-hidden="true">
      {signs[state]}
    </span>
  );
}
