// Probes a running process periodically and restarts it when a probe fails.

import type { Process } from '../process.ts';
import type { Requester } from '../requester.ts';
import type { Monitor, MonitorSnapshot } from './monitor.ts';

/** The reason to restart the process, in one bounded line, or null when it is healthy. Never rejects. */
export type HealthProbe = (process: Process) => string | null | Promise<string | null>;

export interface HealthCheck {
  readonly option: (Requester & { kind: 'check' })['option'];
  readonly intervalMs: number;
  readonly probe: HealthProbe;
  /** What is asked, for the log; null where the reason says enough. */
  readonly subject: string | null;
  /** It decides whether the process meets the condition `healthy` of `depends_on`. */
  readonly decidesHealth: boolean;
}

/**
 * Probes `intervalMs` after the process became RUNNING and after the end of each probe, so that probes never overlap.
 * No timer in other states.
 *
 * While another process waits until this one is healthy, probes begin at once and repeat every `ready_interval` until the
 * first success; a failure of such an early probe is no reason for a restart, and is logged when it is another than the
 * last.
 */
export class HealthMonitor implements Monitor {
  #dueAt: number | null = null;
  #isEarly = false;
  #isHealthy = false;
  #failure = '';
  #cancelTimer: (() => void) | null = null;
  /** The child whose probe has not ended yet. */
  #probedPid: number | null = null;

  constructor(
    private readonly process: Process,
    private readonly check: HealthCheck,
  ) {
    process.onTransition(() => this.#follow());
  }

  /** The process is RUNNING, and its last probe since then succeeded. */
  get isHealthy(): boolean {
    return this.#isHealthy;
  }

  /** Why its last probe failed; empty if that succeeded, and in other states than RUNNING. */
  get failure(): string {
    return this.#failure;
  }

  /** Another process has begun to wait until this one is healthy. */
  probeSoon(): void {
    const { process } = this;
    if (process.state !== 'RUNNING' || this.#isHealthy || this.#probedPid === process.pid) return;
    this.#armIn(0, 'early');
  }

  snapshot(): MonitorSnapshot {
    return {
      option: this.check.option,
      dueAt: this.#dueAt,
      isEarly: this.#isEarly,
      isHealthy: this.#isHealthy,
      failure: this.#failure,
    };
  }

  restore({ dueAt, isEarly, isHealthy, failure }: MonitorSnapshot): void {
    this.#isEarly = isEarly;
    this.#isHealthy = isHealthy;
    this.#failure = failure;
    this.#arm(dueAt);
  }

  #follow(): void {
    if (this.process.state !== 'RUNNING') {
      this.#learn(false, '');
      this.#arm(null);
    } else if (this.#isAwaited) this.#armIn(0, 'early');
    else this.#armIn(this.check.intervalMs, 'regular');
  }

  get #isAwaited(): boolean {
    return this.check.decidesHealth && !this.#isHealthy && this.process.isHealthAwaited;
  }

  #learn(isHealthy: boolean, failure: string): void {
    if (this.#isHealthy === isHealthy && this.#failure === failure) return;
    this.#isHealthy = isHealthy;
    this.#failure = failure;
    if (this.check.decidesHealth) this.process.healthChanged();
  }

  #armIn(ms: number, kind: 'early' | 'regular'): void {
    this.#isEarly = kind === 'early';
    this.#arm(this.process.daemon.clock.now() + ms);
  }

  #arm(dueAt: number | null): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#dueAt = dueAt;
    if (dueAt === null) return;
    const { clock } = this.process.daemon;
    const { pid } = this.process;
    this.#cancelTimer = clock.after(dueAt - clock.now(), () => void this.#run(pid));
  }

  async #run(pid: number): Promise<void> {
    const { process, check } = this;
    this.#probedPid = pid;
    const reason = await check.probe(process);
    if (this.#probedPid === pid) this.#probedPid = null;
    // The process may have exited during the probe, or may be a new child already.
    if (process.state !== 'RUNNING' || process.pid !== pid) return;
    if (reason === null) {
      this.#armIn(check.intervalMs, 'regular');
      this.#learn(true, '');
    } else if (this.#isEarly || this.#isAwaited) {
      if (this.#isAwaited) this.#armIn(process.config.extensions.readyInterval, 'early');
      else this.#armIn(check.intervalMs, 'regular');
      this.#failed(reason);
    } else {
      process.daemon.log.warn(`restarting '${process.name}': ${this.#withSubject(reason)}`);
      process.restart({ kind: 'check', option: check.option }, { held: false });
    }
  }

  /** Not a reason for a restart. */
  #failed(reason: string): void {
    if (this.#failure === reason) return;
    this.process.daemon.log.warn(`'${this.process.name}' is not healthy: ${this.#withSubject(reason)}`);
    this.#learn(false, reason);
  }

  #withSubject(reason: string): string {
    const { subject } = this.check;
    return subject === null ? reason : `${subject}: ${reason}`;
  }
}
