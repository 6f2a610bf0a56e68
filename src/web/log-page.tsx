// A log as it grows: following, pausing, scrolling back, searching.
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Channel } from '../http/web/wire.ts';
import { useBackKey } from './back-key.ts';
import { live } from './feed.ts';
import { logAddress } from './log-client.ts';
import { LogSearch } from './log-search-bar.tsx';
import { LogView } from './log-view.ts';
import { addressOf } from './route.ts';
import { useStore } from './store.ts';
import { useWords } from './words.ts';

interface LogPageProps {
  readonly id: string | null;
  readonly channel: Channel;
}

export function LogPage({ id, channel }: LogPageProps) {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  const [isWrapped, setWrapped] = useState(true);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [view, setView] = useState<LogView | null>(null);
  useBackKey();
  useEffect(() => {
    document.title = `${id ?? words.mainLog} – ${words.title}`;
  }, [id, words]);
  useEffect(() => {
    if (!place.current) return;
    const created = new LogView(place.current, { id, channel }, words, () => redraw(0));
    setView(created);
    return () => created.close();
  }, []);
  const isFollowing = view?.isFollowing ?? true;
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
            {isFollowing ? words.pause : words.follow}
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
      <p class="log-state" role="status">
        {isFollowing ? `● ${words.following}` : `❙❙ ${words.paused}`}
        {view?.skippedText && <span> · {view.skippedText}</span>}
        {!isFollowing && (
          <button type="button" onClick={() => view?.follow()}>
            {words.toEnd}
          </button>
        )}
      </p>
    </section>
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
