// Calls of hooks that are under way: a daemon that ends lets them come to their end first, but not for ever.
import type { ActivityLog } from '../data-plane/main/activity-log.ts';
import type { Clock } from './clock.ts';

/** As long as a web hook may take. */
export const hookEndLimitMs = 10_000;
/** What was given up is gone at once, unless the kernel holds it. */
const killLimitMs = 1000;

export class PendingHooks {
  /** With the words for messages. */
  readonly #underWay = new Map<Promise<void>, string>();
  readonly #giveUp = new AbortController();

  constructor(
    private readonly log: Pick<ActivityLog, 'info'>,
    private readonly clock: Clock,
  ) {}

  /** `call` never rejects, and ends soon after its signal. Resolves with it. */
  make(what: string, call: (giveUp: AbortSignal) => Promise<void>): Promise<void> {
    const ended = call(this.#giveUp.signal).finally(() => this.#underWay.delete(ended));
    this.#underWay.set(ended, what);
    return ended;
  }

  /** Resolves when none is under way; those that take longer are given up. */
  async settle(): Promise<void> {
    if (this.#underWay.size === 0) return;
    this.log.info(`waiting for ${[...this.#underWay.values()].join(', ')} to end`);
    await this.#allWithin(hookEndLimitMs);
    this.#giveUp.abort();
    await this.#allWithin(killLimitMs);
  }

  async #allWithin(limitMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.clock.after(limitMs, resolve);
    await Promise.race([Promise.all(this.#underWay.keys()), late]);
    cancel();
  }
}
