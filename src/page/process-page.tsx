// One process: state, history of the last hour, options and their positions.
import { useEffect, useState } from 'preact/hooks';
import type { ProcessDetails, ProcessView } from '../http/ui/api-types.ts';
import { useBackKey } from './back-key.ts';
import { EffectiveOptions } from './effective-options.tsx';
import { live } from './feed.ts';
import { LastLines } from './last-output.tsx';
import { useWords } from './messages.ts';
import { ProcessFacts } from './process-facts.tsx';
import { ProcessOrder } from './process-order.tsx';
import { addressOf } from './route.ts';
import { StateBadge } from './state-badge.tsx';
import { useStore } from './store.ts';
import { Timeline } from './timeline.tsx';

export function ProcessPage({ id }: { readonly id: string }) {
  const words = useWords();
  const { processes, connection } = useStore(live);
  const process = processes.get(id);
  const details = useDetails(id, process);
  useBackKey();
  useEffect(() => {
    document.title = `${id} – ${words.title}`;
  }, [id, words]);
  return (
    <article class="process-page">
      <p>
        <a href={addressOf({ view: 'processes' })}>← {words.back}</a>
      </p>
      <div class="process-head">
        <h2>{id}</h2>
        {process && <StateBadge state={process.state} completed={process.completed} />}
      </div>
      {process && <ProcessFacts process={process} />}
      {process?.problem && details?.lastOutput && <LastLines id={id} output={details.lastOutput} />}
      {process && <ProcessOrder process={process} />}
      {!process && connection === 'up' && <p class="empty">{words.noSuchProcess}</p>}
      {process && details && (
        <>
          <h3>{words.lastHour}</h3>
          <Timeline process={process} events={details.events} />
          <h3>{words.configuration}</h3>
          <EffectiveOptions details={details} />
        </>
      )}
    </article>
  );
}

/** Requested again whenever the process changes. */
function useDetails(id: string, process: ProcessView | undefined): ProcessDetails | null {
  const [details, setDetails] = useState<ProcessDetails | null>(null);
  useEffect(() => {
    const aborted = new AbortController();
    fetch(`ui/process?id=${encodeURIComponent(id)}`, { signal: aborted.signal })
      .then(async (response) => {
        if (response.ok) setDetails(await response.json());
      })
      // Reported by the connection notice.
      .catch(() => {});
    return () => aborted.abort();
  }, [id, process]);
  return details;
}
