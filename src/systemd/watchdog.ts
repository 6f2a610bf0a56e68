// Pings systemd's watchdog while the service is alive. The caller defines "alive".

export interface WatchdogOptions {
  /** Watchdog interval in microseconds. */
  readonly intervalUsec: number;
  readonly isAlive: () => Promise<boolean>;
  readonly ping: () => void;
}

export interface Watchdog {
  /** Checks and pings at once, out of schedule. */
  readonly beat: () => void;
  readonly stop: () => void;
}

/**
 * Milliseconds between two pings: at most half of the interval, and short, so that a suspended machine may stay
 * paused for almost a whole interval.
 */
export function pingIntervalMs(intervalUsec: number): number {
  return Math.min(intervalUsec / 2000, maxPingIntervalMs);
}

const maxPingIntervalMs = 15_000;

/** Checks and pings at once, then at every ping interval. */
export function startWatchdog({ intervalUsec, isAlive, ping }: WatchdogOptions): Watchdog {
  let stopped = false;
  const beat = async () => {
    const alive = await isAlive().catch(() => false);
    if (alive && !stopped) ping();
  };
  const timer = setInterval(beat, pingIntervalMs(intervalUsec));
  void beat();
  return {
    beat,
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
