// Filters by state, with the number of processes in each.
import type { ProcessView, StateName } from '../http/ui/api-types.ts';
import { useWords } from './messages.ts';
import { StateSign } from './state-badge.tsx';

interface StateFilterProps {
  readonly processes: ReadonlyMap<string, ProcessView>;
  /** Empty: all. */
  readonly states: ReadonlySet<StateName>;
  readonly onStates: (states: ReadonlySet<StateName>) => void;
}

const order: readonly StateName[] = [
  'RUNNING',
  'STARTING',
  'STOPPING',
  'BACKOFF',
  'FATAL',
  'EXITED',
  'STOPPED',
  'UNKNOWN',
];

export function StateFilter({ processes, states, onStates }: StateFilterProps) {
  const words = useWords();
  const counts = Map.groupBy(processes.values(), ({ state }) => state);
  const toggle = (state: StateName) => {
    const changed = new Set(states);
    if (!changed.delete(state)) changed.add(state);
    onStates(changed);
  };
  return (
    <span class="states" role="group" aria-label={words.filterByState}>
      <button type="button" aria-pressed={states.size === 0} onClick={() => onStates(new Set())}>
        {words.all} {processes.size}
      </button>
      {order
        .filter((state) => counts.has(state) || states.has(state))
        .map((state) => (
          <button
            key={state}
            type="button"
            class={`state ${state}`}
            aria-pressed={states.has(state)}
            onClick={() => toggle(state)}
          >
            <StateSign state={state} />
            {words.states[state]} {counts.get(state)?.length ?? 0}
          </button>
        ))}
    </span>
  );
}
