// What a program with ready=notify tells about itself, by sd_notify(3), and its watchdog. docs/decisions/readiness.md.
import { minWatchdogMs } from '../../config/values/durations.ts';
import type { NotifyMessage } from '../../systemd/notify-message.ts';
import type { Process } from '../process.ts';

/** What the program is doing, as far as it tells. Times are on the process's clock. */
type Activity =
  | { readonly kind: 'work' }
  | { readonly kind: 'reload'; readonly since: number }
  | { readonly kind: 'stop' };

/** What happens when the program is silent. Times are on the process's clock. */
type Watch =
  | { readonly kind: 'off' }
  /** It must send WATCHDOG=1 before that time. */
  | { readonly kind: 'watchdog'; readonly dueAt: number }
  /** It has begun to stop by itself, or was sent SIGABRT, and must have ended by that time. */
  | { readonly kind: 'end'; readonly dueAt: number };

/** Serialisable. */
export interface NotifySnapshot {
  readonly status: string;
  readonly activity: Activity;
  /** The interval of the watchdog; 0 for none. */
  readonly watchdogMs: number;
  readonly watch: Watch;
  /** Why it was killed; empty if it was not. */
  readonly killReason: string;
}

const SIGABRT = 6;

export class NotifyProtocol {
  #state: NotifySnapshot;
  #cancelTimer = () => {};
  /** When the timer fires; null without one. */
  #timerAt: number | null = null;
  #hasNews = false;

  constructor(private readonly process: Process) {
    this.#state = this.#initial();
    process.onTransition((_, from) => this.#onTransition(from));
  }

  /** STATUS= of the current run or the last one: one line, empty for none. */
  get status(): string {
    return this.#state.status;
  }

  /** It has sent RELOADING=1 and not READY=1 since. */
  get isReloading(): boolean {
    return this.#state.activity.kind === 'reload';
  }

  /** Why it was sent SIGABRT or SIGKILL in the current run or the last one; empty if it was not. */
  get killReason(): string {
    return this.#state.killReason;
  }

  snapshot(): NotifySnapshot {
    return this.#state;
  }

  restore(snapshot: NotifySnapshot): void {
    this.#state = snapshot;
    this.#armTimer();
  }

  /** A child is about to be spawned. */
  begin(): void {
    this.#state = this.#initial();
    this.#armTimer();
  }

  onMessage(message: NotifyMessage): void {
    const { clock } = this.process.daemon;
    const now = clock.now();
    if (message.status !== null) this.#change({ status: message.status });
    this.#onActivity(message, now);
    if (message.extendMs !== null) this.#extend(now + message.extendMs);
    if (message.watchdogMs !== null) this.#setInterval(message.watchdogMs, now);
    if (message.watchdog === 'ping') this.#restartWatchdog(now);
    if (message.watchdog === 'trigger') this.#abort('it has asked for it (WATCHDOG=trigger)');
  }

  /** Changes are announced once for all messages that were read together. */
  onMessagesRead(): void {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    this.process.announceChange();
  }

  #initial(): NotifySnapshot {
    return {
      ...{ status: '', activity: { kind: 'work' }, watch: { kind: 'off' }, killReason: '' },
      watchdogMs: this.process.config.extensions.watchdog ?? 0,
    };
  }

  #onTransition(from: Process['state']): void {
    const { state, pid, daemon } = this.process;
    if (state === 'RUNNING' && from !== 'RUNNING') this.#restartWatchdog(daemon.clock.now(), true);
    // When it is being stopped, that has a deadline of its own.
    else if (state !== 'RUNNING' && state !== 'STARTING') this.#watch({ kind: 'off' });
    if (pid === 0) this.#change({ activity: { kind: 'work' } });
  }

  #onActivity({ phase, monotonicMs }: NotifyMessage, now: number): void {
    switch (phase) {
      case null:
        return;
      case 'ready':
        this.#change({ activity: { kind: 'work' } });
        return this.process.becameReady();
      case 'reloading':
        return this.#change({ activity: { kind: 'reload', since: monotonicMs ?? now } });
      case 'stopping':
        this.#change({ activity: { kind: 'stop' } });
        // As under systemd: it need not feed the watchdog any more, but has to come to an end.
        if (this.process.state === 'RUNNING' && this.#state.watch.kind !== 'end')
          this.#watch({ kind: 'end', dueAt: now + this.process.policy.stopMs });
    }
  }

  #extend(until: number): void {
    this.process.extendDeadline(until);
    const { watch } = this.#state;
    if (watch.kind !== 'off' && watch.dueAt < until) this.#change({ watch: { ...watch, dueAt: until } });
  }

  #setInterval(watchdogMs: number, now: number): void {
    this.#change({ watchdogMs: watchdogMs === 0 ? 0 : Math.max(watchdogMs, minWatchdogMs) });
    this.#restartWatchdog(now, true);
  }

  /** Without `begins`, only a watchdog that is on. */
  #restartWatchdog(now: number, begins = false): void {
    const { watch, watchdogMs } = this.#state;
    if (watch.kind === 'end' || (watch.kind === 'off' && !begins)) return;
    if (watchdogMs === 0 || this.process.state !== 'RUNNING') return this.#watch({ kind: 'off' });
    this.#watch({ kind: 'watchdog', dueAt: now + watchdogMs });
  }

  #watch(watch: Watch): void {
    this.#state = { ...this.#state, watch };
    // A later deadline needs no new timer: the old one finds that it is early.
    const isTimed = watch.kind !== 'off' && this.#timerAt !== null && this.#timerAt <= watch.dueAt;
    if (!isTimed) this.#armTimer();
  }

  #armTimer(): void {
    this.#cancelTimer();
    this.#timerAt = null;
    const { watch } = this.#state;
    if (watch.kind === 'off') return;
    const { clock } = this.process.daemon;
    this.#timerAt = watch.dueAt;
    this.#cancelTimer = clock.after(watch.dueAt - clock.now(), () => this.#onTimer());
  }

  #onTimer(): void {
    this.#timerAt = null;
    if (this.#isEarly()) return this.#armTimer();
    // After a stall of the daemon, what was sent in time may not have been read yet.
    this.process.readNotifyMessages();
    const { watch } = this.#state;
    if (watch.kind === 'off' || this.#timerAt !== null) return;
    if (this.#isEarly()) return this.#armTimer();
    if (watch.kind === 'end') return this.#kill();
    this.#abort(`it has sent no WATCHDOG=1 for ${this.#state.watchdogMs / 1000} seconds`);
  }

  /** The timer was armed for an earlier deadline. */
  #isEarly(): boolean {
    const { watch } = this.#state;
    return watch.kind !== 'off' && this.process.daemon.clock.now() < watch.dueAt;
  }

  #abort(reason: string): void {
    const { process } = this;
    if (process.pid === 0 || this.#state.killReason !== '') return;
    this.#change({ killReason: `killed by the watchdog: ${reason}` });
    process.daemon.log.warn(`killing '${process.name}' (${process.pid}) with SIGABRT: ${reason}`);
    this.#watch({ kind: 'end', dueAt: process.daemon.clock.now() + process.policy.stopMs });
    process.signal(SIGABRT);
  }

  #kill(): void {
    const { process } = this;
    if (this.#state.killReason === '')
      this.#change({ killReason: 'killed: it sent STOPPING=1 but did not end' });
    process.daemon.log.warn(`killing '${process.name}' (${process.pid}) with SIGKILL`);
    this.#watch({ kind: 'off' });
    process.kill();
  }

  #change(change: Partial<NotifySnapshot>): void {
    const before = this.#state;
    this.#state = { ...before, ...change };
    if (before.status !== this.#state.status || before.activity.kind !== this.#state.activity.kind)
      this.#hasNews = true;
  }
}
