// A queue of state changes for a client that reads at its own pace.
import type { EventBus } from '../events/bus.ts';
import { type SupervisorEvent, stateChangeTypes } from '../events/types.ts';

/** A client that falls further behind is disconnected and has to reconnect. */
const maxWaitingEvents = 10_000;

/** State changes of processes, groups and the daemon itself, until `gone` is aborted. */
export async function* stateChanges(
  bus: EventBus,
  gone: AbortSignal,
): AsyncGenerator<readonly [string, object]> {
  const waiting: SupervisorEvent[] = [];
  let wake = () => {};
  const unsubscribe = bus.subscribe(stateChangeTypes, (event) => {
    // While the client does not read, only this check bounds the queue.
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
