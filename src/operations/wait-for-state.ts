// Waiting for a process to get somewhere: an answer at the moment it does, and nothing that ticks until then.
import type { Process } from '../supervisor/process.ts';

/** Resolves as soon as `isSettled` holds, at once if it does already. */
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
