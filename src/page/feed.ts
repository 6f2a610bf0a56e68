// Keeps the page connected to the daemon while it is visible.
import type { FeedEvents } from '../http/ui/api-types.ts';
import {
  type Live,
  nothingKnown,
  withEverything,
  withProcesses,
  withServer,
  withUsage,
} from './daemon-state.ts';
import { Store } from './store.ts';

export const live = new Store<Live>(nothingKnown);

/** The daemon sends something every two to eight seconds; a longer silence means that the connection is dead. */
const silenceMs = 15_000;
const retryDelayMs = 1000;
const maxRetryMs = 10_000;
/** A short visit to another tab need not reconnect, but browsers limit connections across tabs. */
const hiddenMs = 20_000;

let source: EventSource | null = null;
let silence: ReturnType<typeof setTimeout>;
let retry: ReturnType<typeof setTimeout>;
let hidden: ReturnType<typeof setTimeout>;
let retryMs = retryDelayMs;

/** Connects and reconnects. Disconnects while the page is hidden. */
export function keepConnected(): void {
  connect();
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hidden);
    if (document.visibilityState === 'hidden') hidden = setTimeout(disconnect, hiddenMs);
    else if (source === null) connect();
  });
}

/** Requests everything again. */
export function connect(): void {
  disconnect();
  const feed = new EventSource('ui/feed');
  source = feed;
  on(feed, 'all', (value) => {
    const known = live.value.server;
    // A daemon of another version has another page.
    if (known && known.version !== value.server.version) location.reload();
    live.update((before) => withEverything(before, value, Date.now() / 1000));
  });
  on(feed, 'server', (value) => live.update((before) => withServer(before, value, Date.now() / 1000)));
  on(feed, 'processes', (value) => live.update((before) => withProcesses(before, value)));
  on(feed, 'usage', (value) => live.update((before) => withUsage(before, value)));
  feed.onerror = lose;
  awaitNews();
}

function on<K extends keyof FeedEvents>(
  feed: EventSource,
  type: K,
  take: (value: FeedEvents[K]) => void,
): void {
  feed.addEventListener(type, (event) => {
    if (feed !== source) return;
    retryMs = retryDelayMs;
    awaitNews();
    take(JSON.parse(event.data));
  });
}

function awaitNews(): void {
  clearTimeout(silence);
  silence = setTimeout(lose, silenceMs);
}

function lose(): void {
  disconnect();
  live.update((before) => ({ ...before, connection: 'lost' }));
  retry = setTimeout(connect, retryMs);
  retryMs = Math.min(retryMs * 1.5, maxRetryMs);
}

function disconnect(): void {
  source?.close();
  source = null;
  clearTimeout(silence);
  clearTimeout(retry);
}
