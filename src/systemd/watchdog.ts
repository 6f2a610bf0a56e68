// Tells systemd that we live, as long as that is true. What "alive" means is the caller's to say.

export interface WatchdogOptions {
  /** systemd's patience, in microseconds. */
  readonly intervalUsec: number;
  readonly isAlive: () => Promise<boolean>;
  readonly ping: () => void;
}

/** Asks and pings twice in each interval; the first time now. Returns stop. */
export function startWatchdog({ intervalUsec, isAlive, ping }: WatchdogOptions): () => void {
  let stopped = false;
  const beat = async () => {
    const alive = await isAlive().catch(() => false);
    if (alive && !stopped) ping();
  };
  const timer = setInterval(beat, intervalUsec / 2000);
  void beat();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
