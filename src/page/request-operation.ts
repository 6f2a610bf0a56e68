// From a wish to the daemon: at once for some processes, after a question for all of them.
import type { Operation } from '../http/ui/api-types.ts';
import { dialog } from './dialog-store.ts';
import type { Words } from './messages.ts';
import { operate } from './operations.ts';

export const everything = '*';

export interface Wish {
  readonly operation: Operation;
  readonly targets: readonly string[];
  readonly signal?: string;
  /** How many processes that are. */
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
