// A live log: follow, pause, scroll back, search.
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Channel } from '../http/ui/api-types.ts';
import { useBackKey } from './back-key.ts';
import { live } from './feed.ts';
import { type LogName, logAddress } from './log-client.ts';
import { LogSearch } from './log-search-bar.tsx';
import { LogView } from './log-view.ts';
import { useWords } from './messages.ts';
import { addressOf } from './route.ts';
import { useStore } from './store.ts';

interface LogPageProps {
  readonly id: string | null;
  readonly channel: Channel;
}

export function LogPage({ id, channel }: LogPageProps) {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  const view = useLogView(place, { id, channel });
  const [isWrapped, setWrapped] = useState(true);
  useBackKey();
  useEffect(() => {
    document.title = `${id ?? words.mainLog} – ${words.title}`;
  }, [id, words]);
  return (
    <section class="log-page">
      <div class="log-above">
        <h2>
          <a href={addressOf(id === null ? { view: 'processes' } : { view: 'process', id })}>
            ← {id ?? words.mainLog}
          </a>
        </h2>
        <Channels id={id} channel={channel} />
        <div class="toolbar" role="toolbar" aria-label={words.columns.actions}>
          {view && <LogSearch view={view} />}
          <button type="button" onClick={() => view?.toggleFollowing()}>
            {isFollowing(view) ? words.pause : words.follow}
          </button>
          <button type="button" aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)}>
            {words.wrap}
          </button>
          <a class="button" href={logAddress('download', { id, channel })} download>
            {words.download}
          </a>
        </div>
      </div>
      {view?.isMissing && <p class="empty">{words.noLog}</p>}
      <div
        ref={place}
        class={`lines card ${isWrapped ? 'wrapped' : ''}`}
        role="log"
        aria-live="off"
        tabIndex={0}
      />
      <LogState view={view} />
    </section>
  );
}

/** Null until its element exists. Changes rerender the component. */
function useLogView(place: { readonly current: HTMLElement | null }, name: LogName): LogView | null {
  const words = useWords();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [view, setView] = useState<LogView | null>(null);
  useEffect(() => {
    if (!place.current) return;
    const created = new LogView(place.current, name, words, () => redraw(0));
    setView(created);
    return () => created.close();
  }, []);
  return view;
}

/** A log starts in this mode. */
function isFollowing(view: LogView | null): boolean {
  return view?.isFollowing ?? true;
}

function LogState({ view }: { readonly view: LogView | null }) {
  const words = useWords();
  return (
    <p class="log-state" role="status">
      {isFollowing(view) ? `● ${words.following}` : `❙❙ ${words.paused}`}
      {view?.skippedText && <span> · {view.skippedText}</span>}
      {!isFollowing(view) && (
        <button type="button" onClick={() => view?.follow()}>
          {words.toEnd}
        </button>
      )}
    </p>
  );
}

function Channels({ id, channel }: LogPageProps) {
  const process = useStore(live).processes.get(id ?? '');
  if (!process) return null;
  return (
    <span class="channels">
      {process.logs.map((each) => (
        <a
          key={each}
          class="button"
          href={addressOf({ view: 'log', id: process.id, channel: each })}
          {...(each === channel ? { 'aria-current': 'page' as const } : {})}
        >
          {each}
        </a>
      ))}
    </span>
  );
}
