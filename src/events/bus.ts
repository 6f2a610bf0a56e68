// Who wants to know what: events go in, every subscriber gets each of its events once, in the order of subscription.
// The bus keeps nothing; buffering is the pools' business.
import { type ConcreteEventName, type EventName, lineage, type SupervisorEvent } from './types.ts';

export type EventListener = (event: SupervisorEvent) => void;

interface Subscription {
  readonly types: ReadonlySet<EventName>;
  readonly listener: EventListener;
}

export class EventBus {
  #subscriptions: readonly Subscription[] = [];
  readonly #byType = new Map<ConcreteEventName, readonly EventListener[]>();
  readonly #interestWatchers: (() => void)[] = [];

  /** Calls every subscriber of the event's type before it returns. */
  emit(event: SupervisorEvent): void {
    for (const listener of this.#listenersOf(event.type)) listener(event);
  }

  /** `types` may name a type and its ancestor: the listener gets an event once all the same. Returns unsubscribe. */
  subscribe(types: readonly EventName[], listener: EventListener): () => void {
    const subscription = { types: new Set(types), listener };
    this.#change([...this.#subscriptions, subscription]);
    return () => this.#change(this.#subscriptions.filter((other) => other !== subscription));
  }

  /** Whether anybody would get an event of this type now. */
  wanted(type: ConcreteEventName): boolean {
    return this.#listenersOf(type).length > 0;
  }

  /** Calls back after every subscribe and unsubscribe, for those who produce events only on demand. */
  onInterestChange(callback: () => void): void {
    this.#interestWatchers.push(callback);
  }

  #change(subscriptions: readonly Subscription[]): void {
    this.#subscriptions = subscriptions;
    this.#byType.clear();
    for (const watcher of this.#interestWatchers) watcher();
  }

  #listenersOf(type: ConcreteEventName): readonly EventListener[] {
    const known = this.#byType.get(type);
    if (known) return known;
    const line = lineage(type);
    const listeners = this.#subscriptions
      .filter(({ types }) => line.some((name) => types.has(name)))
      .map(({ listener }) => listener);
    this.#byType.set(type, listeners);
    return listeners;
  }
}
