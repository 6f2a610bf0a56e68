// Requests for the daemon's logs.
import type { Channel, LogEvents, LogPiece } from '../http/ui/api-types.ts';

/** `id` null: the main log. */
export interface LogName {
  readonly id: string | null;
  readonly channel: Channel;
}

export interface Position {
  readonly file: string;
  readonly offset: number;
}

export interface Found {
  readonly found: boolean;
  readonly at: Position;
}

export function logAddress(
  action: string,
  { id, channel }: LogName,
  more: Record<string, string> = {},
): string {
  const query = new URLSearchParams({ ...(id === null ? {} : { log: id, channel }), ...more });
  return `ui/log/${action}?${query}`;
}

/** Rejects on an error response. */
export async function fetchPiece(
  name: LogName,
  position: Position,
  direction: 'before' | 'after',
): Promise<LogPiece | null> {
  const response = await fetch(logAddress('piece', name, { ...parametersOf(position), [direction]: '' }));
  if (!response.ok) throw new Error(response.statusText);
  const piece: LogPiece | null = await response.json();
  return piece;
}

/** Searches for a text before a position; null if not found. */
export async function findBefore(name: LogName, position: Position, text: string): Promise<Found | null> {
  const response = await fetch(logAddress('find', name, { ...parametersOf(position), text }));
  if (!response.ok) throw new Error(response.statusText);
  const found: Found | null = await response.json();
  return found;
}

export interface FollowCallbacks {
  readonly onPiece: (piece: LogEvents['piece']) => void;
  readonly onFresh: (why: LogEvents['fresh']['why']) => void;
  readonly onMissing: () => void;
}

/**
 * Reconnects from where it ended. Disconnects while the page is hidden, since browsers limit connections across tabs.
 * Returns a function that stops it.
 */
export function followLog(name: LogName, from: Position | null, callbacks: FollowCallbacks): () => void {
  let position = from;
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout>;
  const disconnect = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const connect = () => {
    disconnect();
    const opened = new EventSource(logAddress('follow', name, position ? parametersOf(position) : {}));
    source = opened;
    opened.addEventListener('piece', (event) => {
      const piece: LogEvents['piece'] = JSON.parse(event.data);
      position = { file: piece.file, offset: piece.end };
      callbacks.onPiece(piece);
    });
    opened.addEventListener('fresh', (event) => {
      const { why }: LogEvents['fresh'] = JSON.parse(event.data);
      callbacks.onFresh(why);
    });
    opened.onerror = () => {
      // Closed permanently: the response was not a log.
      if (opened.readyState === EventSource.CLOSED && position === null) callbacks.onMissing();
      disconnect();
      retry = setTimeout(connect, retryDelayMs);
    };
  };
  const onVisibility = () => (document.visibilityState === 'hidden' ? disconnect() : connect());
  document.addEventListener('visibilitychange', onVisibility);
  connect();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    disconnect();
  };
}

const retryDelayMs = 2000;

function parametersOf({ file, offset }: Position): Record<string, string> {
  return { file, offset: String(offset) };
}
