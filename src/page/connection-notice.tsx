// Reports a lost and a restored connection.
import { useEffect, useRef, useState } from 'preact/hooks';
import { live } from './feed.ts';
import { useWords } from './messages.ts';
import { useStore } from './store.ts';

const foundShownMs = 4000;

export function ConnectionNotice() {
  const words = useWords();
  const { connection } = useStore(live);
  const wasLost = useRef(false);
  const [isFound, setFound] = useState(false);
  useEffect(() => {
    if (connection === 'lost') wasLost.current = true;
    if (connection !== 'up' || !wasLost.current) return;
    wasLost.current = false;
    setFound(true);
    const timer = setTimeout(() => setFound(false), foundShownMs);
    return () => clearTimeout(timer);
  }, [connection]);
  return (
    <div role="status" class="connection">
      {connection === 'lost' && <p class="lost">{words.lost}</p>}
      {connection === 'up' && isFound && <p class="found">{words.found}</p>}
    </div>
  );
}
