// Tells systemd that we live, as long as that is true. What "alive" means is the caller's to say.

export interface WatchdogOptions {
  /** systemd's patience, in microseconds. */
  readonly intervalUsec: number;
  readonly isAlive: () => Promise<boolean>;
  readonly ping: () => void;
}

export interface Watchdog {
  /** Asks and pings out of turn. */
  readonly beat: () => void;
  readonly stop: () => void;
}

/** Asks and pings twice in each interval; the first time now. */
export function startWatchdog({ intervalUsec, isAlive, ping }: WatchdogOptions): Watchdog {
  let stopped = false;
  const beat = async () => {
    const alive = await isAlive().catch(() => false);
    if (alive && !stopped) ping();
  };
  const timer = setInterval(beat, intervalUsec / 2000);
  void beat();
  return {
    beat,
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
