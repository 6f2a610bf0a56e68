// The event bus: every subscriber gets each of its events once, in the order of subscription. No buffering: that is up
// to the pools.
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

  /** `types` may contain a type and its ancestor: the subscriber still gets an event once. Returns unsubscribe. */
  subscribe(types: readonly EventName[], listener: EventListener): () => void {
    const subscription = { types: new Set(types), listener };
    this.#change([...this.#subscriptions, subscription]);
    return () => this.#change(this.#subscriptions.filter((other) => other !== subscription));
  }

  /** Whether an event of this type has a subscriber now. */
  wanted(type: ConcreteEventName): boolean {
    return this.#listenersOf(type).length > 0;
  }

  /** Calls back after every subscribe and unsubscribe, for sources that emit events on demand. */
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
