// sd_notify(3) messages, one datagram each. Names follow the npm package sd-notify.
// Does nothing without NOTIFY_SOCKET. Knows nothing of the service.
import { monotonicUsec } from '../linux/monotonic-clock.ts';
import { UnixDatagramSender } from '../linux/unix-datagram.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface WatchdogMode {
  /** Called before every ping; may take time. */
  readonly isAlive: () => Promise<boolean>;
}

export class ServiceNotifier {
  #watchdog: Watchdog | null = null;

  private constructor(
    private readonly sender: UnixDatagramSender | null,
    /** Watchdog interval in microseconds; 0 for none. */
    readonly watchdogUsec: number,
  ) {}

  /** Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID from `env`. An unusable address counts as none. */
  static fromEnvironment(env: Environment): ServiceNotifier {
    const sender = senderFor(env['NOTIFY_SOCKET']);
    return new ServiceNotifier(sender, sender === null ? 0 : watchdogUsecFrom(env));
  }

  /** Whether there is a notify socket. */
  get isEnabled(): boolean {
    return this.sender !== null;
  }

  /** Readiness. `mainPid` matters if we are not the process that systemd started. */
  ready(mainPid: number = process.pid): boolean {
    return this.sendState({ READY: '1', MAINPID: String(mainPid) });
  }

  /** The status line of `systemctl status`. */
  sendStatus(text: string): boolean {
    return this.sendState({ STATUS: text });
  }

  /** The configuration is being reloaded; `ready` ends that. */
  reloading(): boolean {
    return this.sendState({ RELOADING: '1', MONOTONIC_USEC: String(monotonicUsec()) });
  }

  stopping(): boolean {
    return this.sendState({ STOPPING: '1' });
  }

  /** Start, reload or stop takes at least this long from now. */
  extendTimeout(usec: number): boolean {
    const sent = this.sendState({ EXTEND_TIMEOUT_USEC: String(Math.ceil(usec)) });
    // systemd also extends its watchdog; a ping restores the configured interval.
    this.#watchdog?.beat();
    return sent;
  }

  /** Why the daemon cannot continue: a line for users and its exit status. */
  failed(text: string, exitStatus: number): boolean {
    return this.sendState({ STATUS: text, EXIT_STATUS: String(exitStatus) });
  }

  watchdog(): boolean {
    return this.sendState({ WATCHDOG: '1' });
  }

  /** Watchdog interval in milliseconds; 0 without a watchdog. */
  watchdogInterval(): number {
    return this.watchdogUsec / 1000;
  }

  /** Pings twice per interval while alive. */
  startWatchdogMode({ isAlive }: WatchdogMode): void {
    if (this.watchdogUsec === 0) return;
    this.stopWatchdogMode();
    const { watchdogUsec: intervalUsec } = this;
    this.#watchdog = startWatchdog({ intervalUsec, isAlive, ping: () => this.watchdog() });
  }

  stopWatchdogMode(): void {
    this.#watchdog?.stop();
    this.#watchdog = null;
  }

  /** Stores descriptors in systemd, which passes them to the next start under `name` (LISTEN_FDNAMES). */
  storeDescriptors(name: string, descriptors: readonly number[]): boolean {
    return this.#send({ FDSTORE: '1', FDNAME: name }, descriptors);
  }

  removeDescriptors(name: string): boolean {
    return this.sendState({ FDSTOREREMOVE: '1', FDNAME: name });
  }

  /**
   * Sends any state, one line per value. Returns whether it was sent: on a full socket it is dropped rather than
   * blocking.
   */
  sendState(state: Readonly<Record<string, string>>): boolean {
    return this.#send(state, []);
  }

  #send(state: Readonly<Record<string, string>>, descriptors: readonly number[]): boolean {
    if (this.sender === null) return false;
    const lines = Object.entries(state).map(
      ([name, value]) => `${name}=${value.replaceAll(/[\r\n]+/g, ' ')}`,
    );
    return this.sender.send(Buffer.from(lines.join('\n')), descriptors) === 0;
  }
}

/** Meant for this process alone. A child that inherited it could feed the watchdog. */
const serviceVariable = /^(?:NOTIFY_SOCKET|(?:WATCHDOG|LISTEN)_[A-Z]+)$/;

export function withoutServiceVariables(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !serviceVariable.test(name)));
}

function senderFor(address: string | undefined): UnixDatagramSender | null {
  if (!address) return null;
  try {
    return new UnixDatagramSender(address);
  } catch {
    return null;
  }
}

/** sd_watchdog_enabled(3): applies only if WATCHDOG_PID is missing or ours. */
function watchdogUsecFrom(env: Environment): number {
  const usec = Number(env['WATCHDOG_USEC'] ?? 0);
  const pid = env['WATCHDOG_PID'];
  if (pid && Number(pid) !== process.pid) return 0;
  return Number.isSafeInteger(usec) && usec > 0 ? usec : 0;
}
