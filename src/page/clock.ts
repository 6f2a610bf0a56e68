// The daemon's clock, updated every second while a component uses it.
import { useEffect, useState } from 'preact/hooks';
import { live } from './feed.ts';

const readers = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

/** Seconds of Unix time. */
export function useNow(): number {
  const [now, setNow] = useState(daemonTime);
  useEffect(() => {
    const read = () => setNow(daemonTime());
    readers.add(read);
    if (readers.size === 1) ticking = setInterval(tick, 1000);
    return () => {
      readers.delete(read);
      if (readers.size === 0) clearInterval(ticking);
    };
  }, []);
  return now;
}

function tick(): void {
  for (const read of readers) read();
}

function daemonTime(): number {
  return Date.now() / 1000 + live.value.clockAhead;
}
