// How long the start of all programs took, and which chain of dependencies took longest.
import { useEffect, useState } from 'preact/hooks';
import type { BootView } from '../http/ui/api-types.ts';
import { BootRequests } from './boot-request.ts';
import { live } from './feed.ts';
import { seconds } from './format.ts';
import { useWords, type Words } from './messages.ts';
import type { Order } from './order.ts';
import { useStore } from './store.ts';

/** Requested again after processes have changed. */
export function useBoot(): BootView | null {
  const { processes } = useStore(live);
  const [boot, setBoot] = useState<BootView | null>(null);
  const [requests] = useState(() => new BootRequests(setBoot));
  useEffect(() => requests.soon(), [processes]);
  useEffect(() => () => requests.end(), []);
  return boot;
}

export function BootSummary({ boot, order }: { readonly boot: BootView; readonly order: Order }) {
  const words = useWords();
  const names = boot.chain.map((id) => order.unitOf(id)?.name ?? id).toReversed();
  return (
    <p class="boot">
      <strong>{summary(words, boot)}</strong>
      {names.length > 1 && <span>{words.longestChain(names.join(' → '))}</span>}
    </p>
  );
}

/** As `tsupervisor boot` says it. */
function summary(words: Words, { started, readyCount, isOver, ready }: BootView): string {
  if (started === 0) return words.noBoot;
  const count = words.bootCount(readyCount, started);
  if (!isOver) return words.bootGoesOn(count);
  return ready === null ? words.bootNotReady(count) : words.bootReady(seconds(ready), count);
}
