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

/**
 * Milliseconds between two pings: at most half of the interval, and little of it has passed when the machine is
 * paused: a pause may then last almost as long as the interval.
 */
export function pingIntervalMs(intervalUsec: number): number {
  return Math.min(intervalUsec / 2000, maxPingIntervalMs);
}

const maxPingIntervalMs = 15_000;

/** Asks and pings at once, then at every ping interval. */
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
