// A state as word, symbol and colour.
import type { StateName } from '../http/ui/api-types.ts';
import { useWords } from './messages.ts';

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
