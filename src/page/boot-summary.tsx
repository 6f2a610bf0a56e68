// How long the start of all programs took, and which chain of dependencies took longest.
import { useEffect, useState } from 'preact/hooks';
import type { BootView } from '../http/ui/api-types.ts';
import { live } from './feed.ts';
import { seconds } from './format.ts';
import { useWords } from './messages.ts';
import type { Order } from './order.ts';
import { useStore } from './store.ts';

/** While programs start, many processes change within a second. */
const debounceMs = 300;

/** Requested again after processes have changed. */
export function useBoot(): BootView | null {
  const { processes } = useStore(live);
  const [boot, setBoot] = useState<BootView | null>(null);
  useEffect(() => {
    const aborted = new AbortController();
    const timer = setTimeout(() => {
      fetch('ui/boot', { signal: aborted.signal })
        .then(async (response) => {
          if (response.ok) setBoot(await response.json());
        })
        // Reported by the connection notice.
        .catch(() => {});
    }, debounceMs);
    return () => {
      clearTimeout(timer);
      aborted.abort();
    };
  }, [processes]);
  return boot;
}

export function BootSummary({ boot, order }: { readonly boot: BootView; readonly order: Order }) {
  const words = useWords();
  const names = boot.chain.map((id) => order.unitOf(id)?.name ?? id).toReversed();
  return (
    <p class="boot">
      {boot.isOver && boot.ready !== null && <strong>{words.bootReady(seconds(boot.ready))}</strong>}
      {!boot.isOver && <strong>{words.bootGoesOn}</strong>}
      {names.length > 1 && <span>{words.longestChain(names.join(' → '))}</span>}
    </p>
  );
}
