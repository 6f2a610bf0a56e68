// Probes a running process periodically and restarts it when a probe fails.
import type { Process } from './process.ts';
import type { Requester } from './requester.ts';

/** The reason to restart the process, or null when it is healthy. Never rejects. */
export type HealthProbe = (process: Process) => string | null | Promise<string | null>;

export interface HealthCheck {
  readonly option: (Requester & { kind: 'check' })['option'];
  readonly intervalMs: number;
  readonly probe: HealthProbe;
}

/** Serialisable. `dueAt` is on the process's clock; null while no probe is scheduled. */
export interface MonitorSnapshot {
  readonly option: HealthCheck['option'];
  readonly dueAt: number | null;
}

/**
 * Probes `intervalMs` after the process became RUNNING and after the end of each probe, so that probes never overlap.
 * No timer in other states.
 */
export class HealthMonitor {
  #dueAt: number | null = null;
  #cancelTimer: (() => void) | null = null;

  constructor(
    private readonly process: Process,
    private readonly check: HealthCheck,
  ) {
    process.onTransition(() => this.#schedule());
  }

  snapshot(): MonitorSnapshot {
    return { option: this.check.option, dueAt: this.#dueAt };
  }

  /** Continues from the snapshot of a monitor of this check. */
  restore({ dueAt }: MonitorSnapshot): void {
    this.#arm(dueAt);
  }

  #schedule(): void {
    const isRunning = this.process.state === 'RUNNING';
    this.#arm(isRunning ? this.process.daemon.clock.now() + this.check.intervalMs : null);
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
    const reason = await check.probe(process);
    // The process may have exited during the probe, or may be a new child already.
    if (process.state !== 'RUNNING' || process.pid !== pid) return;
    if (reason === null) {
      this.#schedule();
      return;
    }
    process.daemon.log.warn(`restarting '${process.name}': ${reason}`);
    process.restart({ kind: 'check', option: check.option }, { held: false });
  }
}
