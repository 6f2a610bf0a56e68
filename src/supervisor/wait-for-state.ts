// Waits for the state of a process, event-driven: no polling.
import type { Process } from './process.ts';

/** Resolves as soon as the condition holds, at once if it does already. */
export function untilProcess(process: Process, isSettled: () => boolean): Promise<void> {
  if (isSettled()) return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = process.onTransition(() => {
      if (!isSettled()) return;
      unsubscribe();
      resolve();
    });
  });
}
