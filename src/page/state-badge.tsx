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

interface StateBadgeProps {
  readonly state: StateName;
  readonly completed?: boolean | undefined;
}

/** `completed`: it is a one-shot that has done its work. */
export function StateBadge({ state, completed = false }: StateBadgeProps) {
  const words = useWords();
  if (completed) {
    return (
      <span class={`state ${state} completed`} title={state}>
        <span class="sign" aria-hidden="true">
          ✓
        </span>
        {words.completed}
      </span>
    );
  }
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
