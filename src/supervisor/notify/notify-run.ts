// One run of a program with ready=notify: its socket, its child, and the main process if that is another.
import type { ProcessConfig } from '../../config/config.ts';
import { ProcessHandle } from '../../linux/process-handle.ts';
import { processStat } from '../../linux/process-stat.ts';
import type { ExitStatus } from '../../linux/wait.ts';
import type { NotifyMessage } from '../../systemd/notify-message.ts';
import type { Child } from '../child/child.ts';
import type { ProgramCgroup } from '../child/program-cgroups.ts';
import type { DaemonContext } from '../daemon-context.ts';
import { MainProcess } from './main-process.ts';
import { belongs } from './membership.ts';
import type { NotifyOwner, NotifySocket } from './notify-socket.ts';

export interface NotifyRunEvents {
  onMessage(message: NotifyMessage): void;
  onMessagesRead(): void;
  /** Another process is the program's main process now. */
  onMainPid(pid: number): void;
  /** The main process has ended, and the child before it. */
  onMainEnded(status: ExitStatus): void;
}

export class NotifyRun implements NotifyOwner {
  readonly name: string;
  readonly mark: string;
  readonly names: readonly string[];
  #startedAt = 0;
  readonly #socket: NotifySocket;
  #child: Child | null = null;
  #main: MainProcess | null = null;
  /** How the main process has ended, before the child. */
  #mainStatus: ExitStatus | null = null;
  #cancelKill: (() => void) | null = null;
  #mainLoggedAt: number | null = null;
  #isKilled = false;

  /** Throws SyscallError. */
  constructor(
    private readonly config: ProcessConfig,
    group: string,
    readonly cgroup: ProgramCgroup | null,
    private readonly daemon: DaemonContext,
    private readonly events: NotifyRunEvents,
  ) {
    this.name = config.name;
    this.#socket = daemon.notifySockets.open(this);
    this.mark = `${variable}=${this.#socket.address}`;
    this.names = [`SUPERVISOR_PROCESS_NAME=${config.name}`, `SUPERVISOR_GROUP_NAME=${group}`];
  }

  /** For the child. WATCHDOG_PID is not set: docs/decisions/readiness.md. */
  get environment(): Readonly<Record<string, string>> {
    const { watchdog } = this.config.extensions;
    return {
      [variable]: this.#socket.address,
      // systemd-notify(1) claims to be its parent, if it may, but not the manager.
      MANAGERPID: String(process.pid),
      ...(watchdog === null ? {} : { WATCHDOG_USEC: String(watchdog * 1000) }),
    };
  }

  /** The child was spawned. */
  spawned(child: Child): void {
    this.#child = child;
    this.#startedAt = processStat(child.pid)?.startedAt ?? 0;
  }

  /** The child was reaped: returns how the program has ended, or null when its main process goes on. */
  childReaped(status: ExitStatus): ExitStatus | null {
    this.#child = null;
    return this.#main === null ? (this.#mainStatus ?? status) : null;
  }

  /** The main process if it is not the child. */
  get main(): MainProcess | null {
    return this.#main;
  }

  /** Handles what was sent and not read yet. */
  readAll(): void {
    this.daemon.notifySockets.readAll(this.#socket);
  }

  close(): void {
    this.#cancelKill?.();
    this.#main?.release();
    this.#main = null;
    this.#socket.close();
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  isFollowed(pid: number): boolean {
    return pid === this.#child?.pid || (pid === this.#main?.pid && this.#main.isThere);
  }

  isKnownChild(pid: number): boolean {
    return this.daemon.reaper.isAdopted(pid);
  }

  onMessage(message: NotifyMessage, claimant: number): void {
    if (message.mainPid !== null) this.#follow(message.mainPid, claimant);
    this.events.onMessage(message);
  }

  onMessagesRead(): void {
    this.events.onMessagesRead();
  }

  /** Its main process was sent SIGKILL. Its child is, too, and no other process takes their place any more. */
  killed(): void {
    this.#isKilled = true;
    if (this.#main !== null) this.#child?.signal(SIGKILL, 'process');
  }

  #follow(pid: number, claimant: number): void {
    if (this.#isKilled) return;
    if (pid === (this.#main ?? this.#child)?.pid) return;
    if (pid === this.#child?.pid) return this.#replaceMain(null, pid);
    const handle = pid === process.pid ? null : ProcessHandle.open(pid);
    const refusal = handle === null ? 'it is not one of its processes' : this.#refusalOf(handle, claimant);
    if (handle === null || refusal !== null) {
      handle?.close();
      this.#socket.warnOnce(`'${this.name}' cannot have ${pid} as its main process: ${refusal}`);
      return;
    }
    const main = new MainProcess(handle, this.daemon.reaper, this.daemon.dataPlane, {
      onExiting: () => this.readAll(),
      onEnded: (status) => this.#onMainEnded(main, status),
    });
    this.#replaceMain(main, pid);
  }

  #refusalOf(handle: ProcessHandle, claimant: number): string | null {
    if (handle.fd === null) return 'this kernel has no pidfd_open(2)';
    if (this.isKnownChild(handle.pid)) return 'it is a process of another program';
    return belongs(handle.pid, this, claimant) && handle.isThere ? null : 'it is not one of its processes';
  }

  #replaceMain(main: MainProcess | null, pid: number): void {
    this.#main?.release();
    this.#main = main;
    this.#logMain(`the main process of '${this.name}' is pid ${pid} now`);
    this.events.onMainPid(pid);
  }

  /** A program that names one after the other must not fill the log. */
  #logMain(message: string): void {
    const now = this.daemon.clock.now();
    const isFrequent = this.#mainLoggedAt !== null && now - this.#mainLoggedAt < mainLogIntervalMs;
    if (!isFrequent) this.#mainLoggedAt = now;
    this.daemon.log[isFrequent ? 'debug' : 'info'](message);
  }

  #onMainEnded(main: MainProcess, status: ExitStatus): void {
    // Its last message may have named another.
    if (this.#main !== main) return;
    this.#main = null;
    if (this.#child === null) return this.events.onMainEnded(status);
    this.#mainStatus = status;
    this.events.onMainPid(this.#child.pid);
    this.#stop(this.#child);
  }

  /** The program is over when its main process is; its child, perhaps a wrapper, must not be left behind. */
  #stop(child: Child): void {
    const { name, stopsignal, stopwaitsecs } = this.config;
    this.daemon.log.debug(`stopping pid ${child.pid}, which '${name}' has left behind`);
    child.signal(stopsignal, 'process');
    const kill = () => void child.signal(SIGKILL, 'process');
    this.#cancelKill = this.daemon.clock.after(stopwaitsecs * 1000, kill);
  }
}

const SIGKILL = 9;
const mainLogIntervalMs = 1000;
const variable = 'NOTIFY_SOCKET';
