// The view selected by the URL's fragment. Pure except for the store.
import type { Channel } from '../http/ui/api-types.ts';
import { Store } from './store.ts';

export type Route =
  | { readonly view: 'processes' }
  | { readonly view: 'order' }
  | { readonly view: 'process'; readonly id: string }
  /** `id` null: the main log. */
  | { readonly view: 'log'; readonly id: string | null; readonly channel: Channel };

export const route = new Store<Route>(parseRoute(globalThis.location?.hash ?? ''));

export function followAddress(): void {
  addEventListener('hashchange', () => route.set(parseRoute(location.hash)));
}

export function go(target: Route): void {
  location.hash = addressOf(target);
}

export function addressOf(target: Route): string {
  switch (target.view) {
    case 'processes':
      return '#/';
    case 'order':
      return '#/order';
    case 'process':
      return `#/process/${encodeURIComponent(target.id)}`;
    case 'log':
      return target.id === null ? '#/log' : `#/log/${encodeURIComponent(target.id)}/${target.channel}`;
  }
}

function parseRoute(hash: string): Route {
  const [, view, id, channel] = hash.split('/');
  if (view === 'order') return { view };
  if (view === 'process' && id) return { view, id: decoded(id) };
  if (view === 'log')
    return { view, id: id ? decoded(id) : null, channel: channel === 'stderr' ? 'stderr' : 'stdout' };
  return { view: 'processes' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
