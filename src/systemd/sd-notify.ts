// What a service tells systemd: sd_notify(3), one datagram each. Names are those of the npm package sd-notify.
// Without NOTIFY_SOCKET everything here does nothing. Knows nothing of what the service is.
import { monotonicUsec } from '../linux/monotonic-clock.ts';
import { UnixDatagramSender } from '../linux/unix-datagram.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface WatchdogMode {
  /** Asked before every ping; may take its time. */
  readonly isAlive: () => Promise<boolean>;
}

export class ServiceNotifier {
  #watchdog: Watchdog | null = null;

  private constructor(
    private readonly sender: UnixDatagramSender | null,
    /** How often systemd wants to hear from us, in microseconds; 0 for never. */
    readonly watchdogUsec: number,
  ) {}

  /** `env`: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are looked at. An address that cannot be used counts as none. */
  static fromEnvironment(env: Environment): ServiceNotifier {
    const sender = senderFor(env['NOTIFY_SOCKET']);
    return new ServiceNotifier(sender, sender === null ? 0 : watchdogUsecFrom(env));
  }

  /** Whether anybody listens. */
  get isEnabled(): boolean {
    return this.sender !== null;
  }

  /** We serve. `mainPid` matters when we are not the process that systemd started. */
  ready(mainPid: number = process.pid): boolean {
    return this.sendState({ READY: '1', MAINPID: String(mainPid) });
  }

  /** The line that `systemctl status` shows. */
  sendStatus(text: string): boolean {
    return this.sendState({ STATUS: text });
  }

  /** The configuration is being read again; `ready` ends that. */
  reloading(): boolean {
    return this.sendState({ RELOADING: '1', MONOTONIC_USEC: String(monotonicUsec()) });
  }

  stopping(): boolean {
    return this.sendState({ STOPPING: '1' });
  }

  /** Starting, reloading or stopping takes at least so long from now. */
  extendTimeout(usec: number): boolean {
    const sent = this.sendState({ EXTEND_TIMEOUT_USEC: String(Math.ceil(usec)) });
    // systemd puts its watchdog off as well; a ping brings back the usual patience.
    this.#watchdog?.beat();
    return sent;
  }

  /** Why we cannot go on: a line for people and the exit status that follows. */
  failed(text: string, exitStatus: number): boolean {
    return this.sendState({ STATUS: text, EXIT_STATUS: String(exitStatus) });
  }

  watchdog(): boolean {
    return this.sendState({ WATCHDOG: '1' });
  }

  /** Milliseconds within which systemd expects a ping; 0 without a watchdog. */
  watchdogInterval(): number {
    return this.watchdogUsec / 1000;
  }

  /** Pings twice in each interval, for as long as we are alive. */
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

  /** Gives descriptors to systemd, which hands them back over a restart under `name` (LISTEN_FDNAMES). */
  storeDescriptors(name: string, descriptors: readonly number[]): boolean {
    return this.#send({ FDSTORE: '1', FDNAME: name }, descriptors);
  }

  removeDescriptors(name: string): boolean {
    return this.sendState({ FDSTOREREMOVE: '1', FDNAME: name });
  }

  /** Any state; a value is one line. Whether it was sent: a full socket loses it, which nobody should wait for. */
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

/** What systemd means for this process alone. A child that inherited it could feed our watchdog. */
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

/** sd_watchdog_enabled(3): meant for us only if WATCHDOG_PID is missing or ours. */
function watchdogUsecFrom(env: Environment): number {
  const usec = Number(env['WATCHDOG_USEC'] ?? 0);
  const pid = env['WATCHDOG_PID'];
  if (pid && Number(pid) !== process.pid) return 0;
  return Number.isSafeInteger(usec) && usec > 0 ? usec : 0;
}
