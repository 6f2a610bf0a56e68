// How far the start of a process is: what it waits for, why it is not ready, how long it took.
import type { NeedView, ProcessView } from '../http/ui/api-types.ts';
import { useNow } from './clock.ts';
import { seconds } from './format.ts';
import { useWords, type Words } from './messages.ts';

export function StartProgress({ process }: { readonly process: ProcessView }) {
  const words = useWords();
  const { waiting, hindrance, unhealthy, start, state, problem } = process;
  if (waiting) {
    return (
      <>
        {waitingText(words, waiting)}
        {start?.requested != null && <Since at={start.requested} />}
      </>
    );
  }
  if (hindrance !== undefined) return <>{words.notReady(hindrance)}</>;
  if (unhealthy !== undefined) return <>{words.notHealthy(unhealthy)}</>;
  if (state === 'FATAL' || state === 'BACKOFF') return <>{problem}</>;
  return <>{start && timesText(words, start)}</>;
}

/**
 * `waiting for db (ready), api (healthy: answered with status 404)`; a dependency that is stuck shows the state of its
 * process.
 */
export function waitingText(words: Words, waiting: readonly NeedView[]): string {
  const shown = waiting.map(({ name, condition, stuck, failure }) => {
    const lack = stateText(words, stuck) ?? words.conditions[condition];
    return `${name} (${failure === undefined ? lack : words.because(lack, failure)})`;
  });
  return words.waitingFor(shown.join(words.comma));
}

function stateText(words: Words, stuck: string | undefined): string | undefined {
  if (stuck === undefined) return undefined;
  return new Map<string, string>(Object.entries(words.states)).get(stuck) ?? words.missing;
}

/** `waited 2.00 s, ready after 1.20 s`. */
export function timesText(words: Words, { waited, took }: NonNullable<ProcessView['start']>): string {
  return [
    waited !== null && waited > 0 ? words.waited(seconds(waited)) : '',
    took !== null ? words.took(seconds(took)) : '',
  ]
    .filter(Boolean)
    .join(words.comma);
}

/** A separate component, so that the second hand rerenders nothing else. */
function Since({ at }: { readonly at: number }) {
  return <span class="muted"> {seconds(Math.floor(Math.max(0, useNow() - at)))}</span>;
}
