// Starts an operation: at once on some processes, after confirmation on all.
import type { Operation } from '../http/ui/api-types.ts';
import { dialog } from './dialog-store.ts';
import type { Words } from './messages.ts';
import { operate } from './operations.ts';

export const everything = '*';

export interface Wish {
  readonly operation: Operation;
  readonly targets: readonly string[];
  readonly signal?: string;
  /** Number of processes. */
  readonly count: number;
}

export function ask(words: Words, { count, ...request }: Wish): void {
  const act = () => void operate(request);
  if (!request.targets.includes(everything)) {
    act();
    return;
  }
  dialog.set({
    kind: 'confirm',
    question: words.confirmAll[request.operation](count),
    action: words[request.operation],
    isGrave: request.operation === 'stop',
    onYes: act,
  });
}
