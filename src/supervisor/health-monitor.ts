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

/** Probes `intervalMs` after the process became RUNNING, and so long after each probe; no timer in other states. */
export class HealthMonitor {
  #cancelTimer = () => {};

  constructor(
    private readonly process: Process,
    private readonly check: HealthCheck,
  ) {
    process.onTransition(() => this.#arm());
  }

  #arm(): void {
    this.#cancelTimer();
    const { state, pid, daemon } = this.process;
    if (state !== 'RUNNING') return;
    this.#cancelTimer = daemon.clock.after(this.check.intervalMs, () => void this.#run(pid));
  }

  async #run(pid: number): Promise<void> {
    const { process, check } = this;
    const reason = await check.probe(process);
    // Meanwhile it may have ended, or be another one already.
    if (process.state !== 'RUNNING' || process.pid !== pid) return;
    if (reason === null) {
      this.#arm();
      return;
    }
    process.daemon.log.warn(`restarting '${process.name}': ${reason}`);
    process.restart({ kind: 'check', option: check.option }, { held: false });
  }
}
