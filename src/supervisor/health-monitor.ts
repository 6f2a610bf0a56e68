// Probes a running process from time to time and restarts it when a probe fails.
import type { Process } from './process.ts';
import type { Requester } from './requester.ts';

/** Why the process should be restarted, or null when all is well. Never throws. */
export type HealthProbe = (process: Process) => string | null | Promise<string | null>;

export interface HealthCheck {
  readonly option: (Requester & { kind: 'check' })['option'];
  readonly intervalMs: number;
  readonly probe: HealthProbe;
}

/** Serialisable. On the process's clock; null while no probe is due. */
export interface MonitorSnapshot {
  readonly option: HealthCheck['option'];
  readonly dueAt: number | null;
}

/** Probes `intervalMs` after the process became RUNNING, and so long after each probe; no timer in other states. */
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

  /** Goes on where a monitor of this check was. */
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
    // Meanwhile it may have ended, or be another one already.
    if (process.state !== 'RUNNING' || process.pid !== pid) return;
    if (reason === null) {
      this.#schedule();
      return;
    }
    process.daemon.log.warn(`restarting '${process.name}': ${reason}`);
    process.restart({ kind: 'check', option: check.option }, { held: false });
  }
}
