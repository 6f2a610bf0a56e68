// Repeats a readiness probe while a child is starting, until it succeeds.
import type { Monitor, MonitorSnapshot } from '../health/monitor.ts';
import type { Process } from '../process.ts';
import { noResultYet } from './first-hindrance.ts';
import type { ReadinessProbe } from './readiness-probe.ts';

export interface RepeatedProbeSettings {
  /** What is tried, for messages. */
  readonly subject: string;
  readonly probe: ReadinessProbe;
  /** From the end of an attempt to the next. */
  readonly intervalMs: number;
}

/** A server that accepts connections but is stuck must not take all of `ready_timeout`. */
export const maxAttemptMs = 10_000;
/** An attempt that takes longer replaces the failure of the one before as what is known. */
const slowAttemptMs = 1000;

/**
 * The first attempt begins when the process has a child. Attempts never overlap; the one under way is aborted when the
 * process leaves that state, and after `maxAttemptMs`. No timer in other states.
 */
export class RepeatedProbe implements Monitor {
  /** The child that is probed. */
  #pid: number | null = null;
  #dueAt: number | null = null;
  #cancelTimer: (() => void) | null = null;
  #attempt: AbortController | null = null;

  constructor(
    private readonly process: Process,
    private readonly settings: RepeatedProbeSettings,
  ) {
    process.onTransition(() => this.#follow());
  }

  snapshot(): MonitorSnapshot {
    return { option: 'ready', dueAt: this.#dueAt, isEarly: true, isHealthy: false, failure: '' };
  }

  restore({ dueAt }: MonitorSnapshot): void {
    this.#pid = this.#startingPid();
    this.#arm(dueAt);
  }

  #follow(): void {
    const pid = this.#startingPid();
    if (pid === this.#pid) return;
    this.#pid = pid;
    this.#attempt?.abort();
    this.#attempt = null;
    this.#arm(pid === null ? null : this.process.daemon.clock.now());
  }

  /** The child that is up and has to become ready; null when there is none. */
  #startingPid(): number | null {
    const { state } = this.process.life;
    return state.name === 'STARTING' && state.phase === 'up' ? state.pid : null;
  }

  #arm(dueAt: number | null): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#dueAt = dueAt;
    if (dueAt === null) return;
    const { clock, taskQueue } = this.process.daemon;
    const pid = this.#pid;
    this.#cancelTimer = clock.after(dueAt - clock.now(), () =>
      taskQueue.add(() => {
        if (this.#pid === pid) void this.#try();
      }),
    );
  }

  async #try(): Promise<void> {
    const { process, settings } = this;
    const { clock } = process.daemon;
    const attempt = new AbortController();
    this.#attempt = attempt;
    const cancelNotice = clock.after(slowAttemptMs, () => {
      if (!attempt.signal.aborted) this.#explain(noResultYet);
    });
    let isLate = false;
    const cancelLimit = clock.after(maxAttemptMs, () => {
      isLate = true;
      attempt.abort();
    });
    const failure = await settings.probe(process, attempt.signal);
    cancelNotice();
    cancelLimit();
    if (this.#attempt !== attempt) return;
    this.#attempt = null;
    if (failure === null) {
      process.becameReady();
      return;
    }
    this.#explain(isLate ? `no result within ${maxAttemptMs / 1000} seconds` : failure);
    this.#arm(clock.now() + settings.intervalMs);
  }

  /** Why the process is not ready yet, as its state has it; empty if it does not. */
  get #hindrance(): string {
    const { state } = this.process.life;
    return state.name === 'STARTING' && state.phase === 'up' ? state.hindrance : '';
  }

  #explain(failure: string): void {
    const reason = `${this.settings.subject}: ${failure}`;
    if (reason !== this.#hindrance) this.process.isNotReady(reason);
  }
}
