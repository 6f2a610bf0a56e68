// The daemon as a systemd service: readiness, reload, stop, status line, watchdog. No effect without systemd.
import type { Config } from '../config/config.ts';
import type { DataPlane } from '../data-plane/main/data-plane.ts';
import { stoppingMs, stopTimeoutMs } from '../supervisor/lifecycle/stop-timeout.ts';
import { statusLine } from '../supervisor/status-line.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { ServiceNotifier } from '../systemd/sd-notify.ts';
import { pingIntervalMs } from '../systemd/watchdog.ts';
import { findUnhealthy } from './liveness.ts';
import { writeStderr } from './write-stderr.ts';

/** Debounces the status line: starting a thousand programs sends a few updates, not a thousand. */
const statusDelayMs = 200;

export class Service {
  #supervisor: Supervisor | null = null;
  /** The last check found a failure. */
  #dead = false;
  #statusTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly notifier: ServiceNotifier,
    private readonly dataPlane: DataPlane,
  ) {}

  /** Reports on the programs of this supervisor from now on; the previous one has ended. */
  follow(supervisor: Supervisor): void {
    if (!this.notifier.isEnabled) return;
    this.#supervisor = supervisor;
    const { bus } = supervisor.daemon;
    bus.subscribe(['PROCESS_STATE', 'PROCESS_GROUP'], () => this.#statusChanged());
    bus.subscribe(['SUPERVISOR_STATE_CHANGE_STOPPING'], () => this.#stopping(supervisor));
  }

  /** Servers respond and every program has been started. */
  ready(): void {
    if (!this.#supervisor) return;
    this.#sendStatus();
    this.notifier.ready();
    this.notifier.startWatchdogMode({ isAlive: () => this.#isAlive() });
  }

  /** Runs `read` between RELOADING and READY. */
  duringReload(read: () => Config): Config {
    this.notifier.reloading();
    try {
      return read();
    } finally {
      this.notifier.ready();
    }
  }

  /** Nothing runs any more. */
  ended(): void {
    clearTimeout(this.#statusTimer);
    this.notifier.stopping();
    this.notifier.stopWatchdogMode();
  }

  #stopping({ state, groups }: Supervisor): void {
    if (state === 'RESTARTING') this.notifier.reloading();
    else this.notifier.stopping();
    this.notifier.extendTimeout(stopTimeoutMs([...groups.values()].map(({ config }) => config)) * 1000);
    this.#statusChanged();
  }

  #statusChanged(): void {
    this.#statusTimer ??= setTimeout(() => this.#sendStatus(), statusDelayMs);
  }

  #sendStatus(): void {
    clearTimeout(this.#statusTimer);
    this.#statusTimer = undefined;
    if (!this.#supervisor) return;
    const { state, processesByPriority, daemon } = this.#supervisor;
    const ending = state === 'SHUTDOWN' ? 'shutting down' : state === 'RESTARTING' ? 'restarting' : null;
    this.notifier.sendStatus(statusLine(processesByPriority, ending));
    if (ending === null) this.#takeTimeForStops(processesByPriority, daemon.clock.now());
  }

  /** Extends the timeout: systemd may be waiting for a reload, and these stops are part of it. */
  #takeTimeForStops(processes: Supervisor['processesByPriority'], now: number): void {
    const ms = stoppingMs(processes, now);
    if (ms !== null) this.notifier.extendTimeout(ms * 1000);
  }

  async #isAlive(): Promise<boolean> {
    const supervisor = this.#supervisor;
    if (!supervisor) return true;
    const dead = await findUnhealthy(
      { supervisor, dataPlane: this.dataPlane },
      pingIntervalMs(this.notifier.watchdogUsec) / 2,
    );
    if (dead !== null) this.#reportFailure(dead, supervisor);
    else if (this.#dead) this.#statusChanged();
    this.#dead = dead !== null;
    return dead === null;
  }

  /** In the status and on stderr too: if the worker hangs, the log may never receive the line. */
  #reportFailure(reason: string, { daemon }: Supervisor): void {
    const line = `systemd's watchdog is not fed: ${reason}`;
    this.notifier.sendStatus(reason);
    if (!this.#dead) writeStderr(`${line}\n`);
    daemon.log.critical(line);
  }
}
