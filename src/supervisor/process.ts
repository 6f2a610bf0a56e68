// One supervised process: holds its goal and lifecycle, dispatches events to both and performs the effects they return.

import type { ProcessConfig } from '../config/config.ts';
import type { WriteResult } from '../data-plane/protocol/stdin-pipe.ts';
import type { CgroupUsage } from '../linux/cgroup.ts';
import { E, errnoName } from '../linux/errno.ts';
import { signalName } from '../linux/signals.ts';
import type { SpawnRequest } from '../linux/spawn.ts';
import type { ExitStatus } from '../linux/wait.ts';
import type { ResolvedCommand } from './child/command.ts';
import { ProcessChild, type ProcessChildSnapshot, type ProcessRole } from './child/process-child.ts';
import type { ProcessLogs } from './child/process-logs.ts';
import type { DaemonContext } from './daemon-context.ts';
import type { MonitorSnapshot } from './health/monitor.ts';
import { type Goal, type GoalEvent, nextGoal } from './lifecycle/goal.ts';
import {
  deadlineOf,
  isUnannounced,
  isWaiting,
  type Lifecycle,
  neverStarted,
  pidOf,
  type StateName,
  type UnmetNeed,
} from './lifecycle/process-state.ts';
import { type RestartPolicy, restartPolicy } from './lifecycle/restart-policy.ts';
import { stateChangeEvent } from './lifecycle/state-change-event.ts';
import { type ProcessEvent, step } from './lifecycle/state-machine.ts';
import type { Effect } from './lifecycle/step.ts';
import { NotifyProtocol, type NotifySnapshot } from './notify/notify-protocol.ts';
import { attachMonitors, type ProcessMonitors } from './process-monitors.ts';
import type { Requester } from './requester.ts';
import { type Timestamp, timestampNow, unixSecondsOf } from './timestamp.ts';

/** State of a process and its child. Serialisable as JSON; times are on the kernel's clocks, which survive an exec. */
export interface ProcessSnapshot {
  readonly goal: Goal;
  readonly life: Lifecycle;
  readonly lastExit: ExitStatus | null;
  readonly started: Timestamp | null;
  readonly stopped: Timestamp | null;
  readonly monitors: readonly MonitorSnapshot[];
  /** Null without ready=notify. */
  readonly notify: NotifySnapshot | null;
  readonly child: ProcessChildSnapshot;
}

export type TransitionListener = (process: Process, from: StateName) => void;

export class Process {
  readonly name: string;
  readonly policy: RestartPolicy;
  /** Null without ready=notify. */
  readonly notify: NotifyProtocol | null;
  readonly #child: ProcessChild;
  readonly #monitors: ProcessMonitors;
  #goal: Goal = { kind: 'none' };
  #life: Lifecycle = neverStarted;
  /** The state of which listeners were last notified. */
  #notifiedState = this.#life.state;
  #lastExit: ExitStatus | null = null;
  #cancelTimer: (() => void) | null = null;
  #started: Timestamp | null = null;
  #stopped: Timestamp | null = null;
  readonly #listeners = new Set<TransitionListener>();

  constructor(
    readonly config: ProcessConfig,
    readonly group: string,
    readonly daemon: DaemonContext,
    role: ProcessRole = {},
  ) {
    this.name = config.name;
    this.policy = restartPolicy(config);
    this.#child = new ProcessChild(this, role);
    this.notify = config.extensions.ready?.kind === 'notify' ? new NotifyProtocol(this) : null;
    this.#monitors = attachMonitors(this);
  }

  /** What it was last asked to be, and by which requester. */
  get goal(): Goal {
    return this.#goal;
  }

  snapshot(): ProcessSnapshot {
    return {
      goal: this.#goal,
      life: this.#life,
      lastExit: this.#lastExit,
      started: this.#started,
      stopped: this.#stopped,
      monitors: this.#monitors.all.map((monitor) => monitor.snapshot()),
      notify: this.notify?.snapshot() ?? null,
      child: this.#child.snapshot(),
    };
  }

  /**
   * Continues from a snapshot of a process of this name; the daemon's data plane must be restored. Call it before any
   * other method, and `release` when all processes are restored: the operation that held a restart back has not survived.
   */
  restore(snapshot: ProcessSnapshot): void {
    const { goal, life, lastExit, started, stopped, monitors, notify, child } = snapshot;
    this.#goal = goal;
    this.#life = life;
    this.#notifiedState = life.state;
    this.#lastExit = lastExit;
    this.#started = started;
    this.#stopped = stopped;
    this.#child.restore(child);
    this.#armTimer();
    this.#monitors.all.forEach((monitor, index) => {
      const written = monitors[index];
      if (written) monitor.restore(written);
    });
    if (notify) this.notify?.restore(notify);
  }

  get life(): Lifecycle {
    return this.#life;
  }

  get state(): StateName {
    return this.#life.state.name;
  }

  /** 0 when there is no child to signal. */
  get pid(): number {
    return this.state === 'UNKNOWN' ? 0 : (pidOf(this.#life.state) ?? 0);
  }

  /**
   * Unix times in seconds of the last spawn attempt and the last exit, on the wall clock as it is set now; 0 for never.
   */
  get times(): { readonly started: number; readonly stopped: number } {
    return { started: unixSecondsOf(this.#started), stopped: unixSecondsOf(this.#stopped) };
  }

  /** Usage of its cgroup; null without a child, or when the child has no cgroup. */
  get cgroupUsage(): CgroupUsage | null {
    return this.pid === 0 ? null : this.#child.cgroupUsage;
  }

  /** Spawns a command that ends with it: in its cgroup, if it is in one. Returns the pid. Throws SpawnFailure. */
  spawnBeside(request: Omit<SpawnRequest, 'cgroup'>): number {
    return this.#child.spawnBeside(request);
  }

  get logs(): ProcessLogs {
    return this.#child.logs;
  }

  /** Log file of each channel, as clients see it; null when there is none. */
  get logPaths(): ProcessLogs['paths'] {
    return this.logs.paths;
  }

  /** How the last child exited; null until one has. */
  get lastExit(): ExitStatus | null {
    return this.#lastExit;
  }

  /** `name`, or `group:name` where they differ. */
  get qualifiedName(): string {
    return this.group === this.name ? this.name : `${this.group}:${this.name}`;
  }

  /** What a start would execute now. Throws CommandError. */
  resolveCommand(): ResolvedCommand {
    return this.#child.resolveCommand();
  }

  start(by: Requester): void {
    this.beginStart(by);
    this.finishSpawn();
  }

  /** Like `start`, but the spawn may still be pending: call `finishSpawn` in the same turn of the event loop. */
  beginStart(by: Requester): void {
    this.#pursue({ type: 'start', asked: { by, at: timestampNow() } });
  }

  /**
   * Which of its dependencies are not met has changed. Without any it is spawned: call `finishSpawn` in the same turn of
   * the event loop.
   */
  beginNeeds(needs: readonly UnmetNeed[]): void {
    this.finishSpawn();
    this.#handle({ type: 'needs', needs });
  }

  /** Waits until a pending spawn has reached execve(2) or failed. */
  finishSpawn(): void {
    const event = this.#child.finishSpawn();
    if (event) this.#handle(event);
  }

  stop(by: Requester): void {
    if (this.state === 'BACKOFF') {
      this.daemon.log.debug(`Attempted to kill ${this.name}, which is in BACKOFF state.`);
    }
    this.#pursueNow({ type: 'stop', asked: { by, at: timestampNow() } });
  }

  /**
   * Stops it and starts it again; with `held`, the start waits for `release`. A process that is down is just started.
   */
  restart(by: Requester, { held }: { readonly held: boolean }): void {
    this.#pursueNow({ type: 'restart', asked: { by, at: timestampNow() }, held });
  }

  /** Sets the goal of a request whose turn has not come: others stop first. A later request replaces it. */
  plan(kind: 'down' | 'restart', by: Requester): void {
    this.#pursueNow({ type: 'planned', kind, asked: { by, at: timestampNow() } });
  }

  /** Lets a held restart start, and a planned stop stop. */
  release(): void {
    this.#pursueNow({ type: 'released' });
  }

  /** Leaves a process stopped that a held restart has stopped. */
  abandonRestart(): void {
    this.#pursueNow({ type: 'abandoned' });
  }

  /** It has shown that it is ready. Ignored unless it is starting and has to show it. */
  becameReady(): void {
    this.#dispatch({ type: 'ready' });
  }

  /** A check found that it is not ready: `reason`, in one line. Ignored like `becameReady`. */
  isNotReady(reason: string): void {
    this.#dispatch({ type: 'notReady', reason, final: false });
  }

  /** It will never be ready: a failed start. Ignored like `becameReady`. */
  failedToBecomeReady(reason: string): void {
    this.#dispatch({ type: 'notReady', reason, final: true });
  }

  /** It asks for time to become ready or to stop, until that time on its clock. */
  extendDeadline(until: number): void {
    this.#dispatch({ type: 'extend', until });
  }

  /** Shutdown, and it is this process's turn: stops it. Its goal stays. */
  terminate(): void {
    this.#dispatch({ type: 'terminate' });
  }

  /** Shutdown: no further start, whatever events follow. */
  forbidStart(): void {
    this.#dispatch({ type: 'forbidStart' });
    this.#child.dispose();
  }

  /** True while it runs, or will be started again without a request: `stop` has something to do. */
  get isStoppable(): boolean {
    if (this.#goal.kind === 'restart') return true;
    const { state } = this.#life;
    if (state.name === 'EXITED') return state.restartAt !== null;
    return state.name === 'STARTING' || state.name === 'RUNNING' || state.name === 'BACKOFF';
  }

  /** STARTING, RUNNING or STOPPING, and there is a child to signal. */
  get isSignallable(): boolean {
    return (
      this.state === 'RUNNING' || this.state === 'STOPPING' || (this.state === 'STARTING' && !this.isWaiting)
    );
  }

  /** STARTING, but its dependencies are not met. */
  get isWaiting(): boolean {
    return isWaiting(this.#life.state);
  }

  /** It waits for something that is down, with no start due. */
  get isStuck(): boolean {
    const { state } = this.#life;
    return isWaiting(state) && state.needs.some(({ stuck }) => stuck !== null);
  }

  /** It is a one-shot that has done its work. */
  get hasCompleted(): boolean {
    const { state, spawnError } = this.#life;
    return this.policy.oneshot && state.name === 'EXITED' && spawnError === '';
  }

  /** RUNNING, and its last `http_check` since then succeeded. */
  get isHealthy(): boolean {
    return this.#monitors.health?.isHealthy ?? false;
  }

  /** RUNNING, and why its last `http_check` since then failed, in one line; empty otherwise. */
  get healthFailure(): string {
    return this.#monitors.health?.failure ?? '';
  }

  /** A waiting process depends on this one to be healthy. */
  get isHealthAwaited(): boolean {
    return this.daemon.dependencies.awaitsHealth(this);
  }

  /** Call it when a process begins to wait until this one is healthy. */
  probeHealthSoon(): void {
    this.#monitors.health?.probeSoon();
  }

  /** Called by its monitor: `isHealthy` or `healthFailure` has changed. */
  healthChanged(): void {
    this.daemon.dependencies.onChange(this);
    this.announceChange();
  }

  /** Signals the process alone, without a transition. False when kill(2) failed. */
  signal(number: number): boolean {
    this.daemon.log.debug(`sending ${this.name} (pid ${this.pid}) sig ${signalName(number)}`);
    const failure = this.#child.signal(number);
    if (failure === null) return true;
    // EINVAL means an unknown signal number; it says nothing about the process.
    if (failure !== E.EINVAL) {
      const reason = `unknown problem sending sig ${this.name} (${this.pid}):${errnoName(failure)}`;
      this.#dispatch({ type: 'signalFailed', reason });
    }
    return false;
  }

  /** Sends SIGKILL, to its group or cgroup as configured, without a transition. */
  kill(): void {
    const failure = this.#child.sendKill();
    if (failure) this.#dispatch(failure);
  }

  /** Handles what it has sent to its notify socket and was not read yet. */
  readNotifyMessages(): void {
    this.#child.readNotifyMessages();
  }

  /** The last STATUS= of a program with ready=notify: one line, empty for none. */
  get statusText(): string {
    return this.notify?.status ?? '';
  }

  /** Queues data for the child's stdin, without waiting for it to read. */
  writeStdin(data: Uint8Array): WriteResult {
    return this.#child.writeStdin(data);
  }

  /** Subscribes to transitions. Returns unsubscribe. */
  onTransition(listener: TransitionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something other than its state has changed that clients see. */
  announceChange(): void {
    this.daemon.bus.emit({ type: 'TSUPERVISOR_PROCESS_CHANGE', process: this.name, group: this.group });
  }

  /** Called by its child. */
  onMainPid(pid: number): void {
    this.#dispatch({ type: 'mainPid', pid });
  }

  /** Called by its child. */
  onReaped(status: ExitStatus): void {
    this.#lastExit = status;
  }

  /** Called by its child. */
  onEnded(status: ExitStatus): void {
    this.#stopped = timestampNow();
    this.#dispatch({ type: 'exited', status, reason: this.notify?.killReason ?? '' });
  }

  #pursueNow(event: GoalEvent): void {
    this.#pursue(event);
    this.finishSpawn();
  }

  #pursue(event: GoalEvent): void {
    this.finishSpawn();
    const before = this.#goal;
    const { goal, command } = nextGoal(before, event, this.#life.state);
    this.#goal = goal;
    if ((goal.kind === 'restart') !== (before.kind === 'restart')) this.daemon.dependencies.onChange(this);
    if (command === 'start' && this.isWaiting) this.daemon.dependencies.startNeeds(this);
    else if (command === 'start') {
      this.#handle({ type: 'start', needs: this.daemon.dependencies.unmetNeeds(this) });
    } else if (command === 'stop') this.#handle({ type: 'stop' });
  }

  #dispatch(event: ProcessEvent): void {
    this.finishSpawn();
    this.#handle(event);
    this.finishSpawn();
  }

  /** Runs the state machine and performs its effects, until no effect causes a further event. */
  #handle(event: ProcessEvent): void {
    const events: ProcessEvent[] = [event];
    for (let next = events.shift(); next !== undefined; next = events.shift()) {
      const { life, effects } = step(this.#life, next, this.policy, this.daemon.clock.now());
      this.#life = life;
      for (const effect of effects) {
        const consequence = this.#perform(effect);
        if (consequence) events.push(consequence);
      }
    }
    if (this.#child.isPending) {
      this.daemon.dependencies.onChange(this);
      return;
    }
    this.#armTimer();
    this.#notify();
  }

  #notify(): void {
    const before = this.#notifiedState;
    this.#notifiedState = this.#life.state;
    if (this.#notifiedState === before) return;
    if (isUnannounced(before, this.#notifiedState)) this.announceChange();
    this.daemon.dependencies.onTransition(this, before);
    for (const listener of [...this.#listeners]) listener(this, before.name);
    this.#pursueNow({ type: 'changed' });
  }

  #perform(effect: Effect): ProcessEvent | null {
    switch (effect.do) {
      case 'log':
        this.daemon.log[effect.level](effect.message);
        return null;
      case 'announce':
        this.daemon.bus.emit(stateChangeEvent(effect.change, this.name, this.group));
        return null;
      case 'spawn':
        this.#started = timestampNow();
        this.notify?.begin();
        this.#child.beginSpawn();
        return null;
      case 'signal':
        return effect.signal === 'stop' ? this.#child.sendStopSignal() : this.#child.sendKill();
    }
  }

  #armTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const { clock, taskQueue } = this.daemon;
    const deadline = deadlineOf(this.#life, this.policy);
    if (deadline === null) return;
    this.#cancelTimer = clock.after(deadline - clock.now(), () =>
      taskQueue.add(() => this.#dispatch({ type: 'elapsed' })),
    );
  }
}
