// Hook calls in progress: a shutdown waits for them, with a timeout.
import type { ActivityLog } from '../../data-plane/main/activity-log.ts';
import type { Clock } from '../clock.ts';

/** As long as a web hook may take. */
export const hookEndLimitMs = 10_000;
/** A killed hook exits at once, unless it is in uninterruptible sleep. */
const killLimitMs = 1000;

export class PendingHooks {
  /** Calls in progress, each with its name for messages. */
  readonly #pending = new Map<Promise<void>, string>();
  readonly #giveUp = new AbortController();

  constructor(
    private readonly log: Pick<ActivityLog, 'info'>,
    private readonly clock: Clock,
  ) {}

  /** Tracks `call`, which never rejects and ends soon after its signal aborts. Resolves with it. */
  run(what: string, call: (giveUp: AbortSignal) => Promise<void>): Promise<void> {
    const ended = call(this.#giveUp.signal).finally(() => this.#pending.delete(ended));
    this.#pending.set(ended, what);
    return ended;
  }

  /** Resolves when no call is pending; aborts those that exceed the timeout. */
  async drain(): Promise<void> {
    if (this.#pending.size === 0) return;
    this.log.info(`waiting for ${[...this.#pending.values()].join(', ')} to end`);
    await this.#allWithin(hookEndLimitMs);
    this.#giveUp.abort();
    await this.#allWithin(killLimitMs);
  }

  async #allWithin(limitMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.clock.after(limitMs, resolve);
    await Promise.race([Promise.all(this.#pending.keys()), late]);
    cancel();
  }
}
