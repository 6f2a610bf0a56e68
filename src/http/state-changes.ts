// Changes of state one after the other, for a client that takes them at its own pace.
import type { EventBus } from '../events/bus.ts';
import { type SupervisorEvent, stateChangeTypes } from '../events/types.ts';

/** A client that is further behind has to begin again: it gets the end of the stream. */
const maxWaitingEvents = 10_000;

/** Changes of state of processes, groups and the supervisor itself, until `gone` is aborted. */
export async function* stateChanges(
  bus: EventBus,
  gone: AbortSignal,
): AsyncGenerator<readonly [string, object]> {
  const waiting: SupervisorEvent[] = [];
  let wake = () => {};
  const unsubscribe = bus.subscribe(stateChangeTypes, (event) => {
    // While the client does not read, nobody else looks at how many there are.
    if (waiting.length <= maxWaitingEvents) waiting.push(event);
    wake();
  });
  gone.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!gone.aborted && waiting.length <= maxWaitingEvents) {
      const event = waiting.shift();
      if (event) {
        const { type, ...rest } = event;
        yield [type, rest];
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    unsubscribe();
  }
}
