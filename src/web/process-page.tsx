// One process: how it is, what it is made of and where that stands, what happened to it in the last hour.
import { useEffect, useState } from 'preact/hooks';
import type { OptionView, ProcessDetails, ProcessView } from '../http/web/wire.ts';
import { ask } from './ask.ts';
import { useBackKey } from './back-key.ts';
import { useNow } from './clock.ts';
import { dialog } from './dialog-store.ts';
import { live } from './feed.ts';
import { bytes, duration, percent } from './quantities.ts';
import { addressOf } from './route.ts';
import { language } from './settings.ts';
import { Sparkline } from './sparkline.tsx';
import { StateBadge } from './state-badge.tsx';
import { useStore } from './store.ts';
import { Timeline } from './timeline.tsx';
import { exitText, failureText, useWords } from './words.ts';
import { failures } from './work.ts';

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
      <h2>{id}</h2>
      {process && <Summary process={process} />}
      {!process && connection === 'up' && <p class="empty">{words.noSuchProcess}</p>}
      {details && (
        <>
          <h3>{words.lastHour}</h3>
          <Timeline events={details.events} />
          <h3>{words.configuration}</h3>
          <Origin details={details} />
          <Options options={details.options} />
        </>
      )}
    </article>
  );
}

/** Asked for again whenever the process has changed. */
function useDetails(id: string, process: ProcessView | undefined): ProcessDetails | null {
  const [details, setDetails] = useState<ProcessDetails | null>(null);
  useEffect(() => {
    const aborted = new AbortController();
    fetch(`ui/process?id=${encodeURIComponent(id)}`, { signal: aborted.signal })
      .then(async (response) => {
        if (response.ok) setDetails(await response.json());
      })
      // The notice of the lost connection says it.
      .catch(() => {});
    return () => aborted.abort();
  }, [id, process]);
  return details;
}

function Summary({ process }: { readonly process: ProcessView }) {
  const words = useWords();
  const { id, pid, started, restarts, lastExit, problem, logs } = process;
  const usage = useStore(live).usage.get(id);
  const failure = useStore(failures).get(id);
  const operations = pid > 0 ? (['restart', 'stop', 'clear'] as const) : (['start', 'clear'] as const);
  return (
    <>
      <div class="summary">
        <StateBadge state={process.state} />
        {pid > 0 && (
          <span>
            {words.pid} {pid}, {words.uptime} <Elapsed since={started} />
          </span>
        )}
        {usage && (
          <>
            <span>
              CPU <Sparkline values={usage.cpu} least={5} /> {percent(usage.cpu.at(-1) ?? 0)}
            </span>
            <span>
              {words.columns.memory} <Sparkline values={usage.memory} least={1} />{' '}
              {bytes(usage.memory.at(-1) ?? 0)}
            </span>
          </>
        )}
        <span>
          {words.columns.restarts} {restarts}
        </span>
        {lastExit && (
          <span>
            {words.columns.exit} {exitText(words, lastExit)}
          </span>
        )}
      </div>
      {problem && <p class="problem">{problem}</p>}
      {failure && <p class="problem">⚠ {failureText(words, failure)}</p>}
      <div class="toolbar">
        {operations.map((operation) => (
          <button
            key={operation}
            type="button"
            onClick={() => ask(words, { operation, targets: [id], count: 1 })}
          >
            {words[operation]}
          </button>
        ))}
        <button
          type="button"
          aria-label={words.more}
          onClick={() => dialog.set({ kind: 'actions', targets: [id], title: id, count: 1 })}
        >
          ⋯
        </button>
        {logs.map((channel) => (
          <a key={channel} class="button" href={addressOf({ view: 'log', id, channel })}>
            {words.logOf[channel]}
          </a>
        ))}
      </div>
    </>
  );
}

function Elapsed({ since }: { readonly since: number }) {
  return <>{duration(useNow() - since)}</>;
}

function Origin({ details: { section, trouble } }: { readonly details: ProcessDetails }) {
  const words = useWords();
  if (trouble)
    return (
      <p class="problem">
        {words.cannotRead} {trouble}
      </p>
    );
  if (section === null) return <p class="problem">{words.notInFile}</p>;
  return (
    <p>
      {words.section} <code>[{section}]</code>
    </p>
  );
}

function Options({ options }: { readonly options: readonly OptionView[] }) {
  const words = useWords();
  const chosen = useStore(language);
  return (
    <table class="options effective">
      <thead>
        <tr>
          <th scope="col">{words.option}</th>
          <th scope="col">{words.value}</th>
          <th scope="col">{words.source}</th>
        </tr>
      </thead>
      <tbody>
        {options.map((option) => (
          <tr key={option.key} class={option.source ? 'set' : 'default'}>
            <th scope="row" title={option.help[chosen]}>
              {option.key}
            </th>
            <td>
              {option.value}
              {option.written !== null && (
                <div class="written">
                  {words.written} <code>{option.written}</code>
                </div>
              )}
              {option.outdated && <div class="problem">{words.fileDiffers}</div>}
            </td>
            <td class="source">
              {option.source ? `${option.source.file}:${option.source.line}` : words.byDefault}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
