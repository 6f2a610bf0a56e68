// One supervised process: keeps its goal and its life, feeds events to both and performs what comes back.

import type { Channel } from '../config/channel.ts';
import type { ProcessConfig } from '../config/config.ts';
import type { PoolHandle } from '../data-plane/main/pool-handle.ts';
import type { WriteResult } from '../data-plane/protocol/stdin-pipe.ts';
import type { CgroupUsage } from '../linux/cgroup.ts';
import { E, errnoName, SyscallError } from '../linux/errno.ts';
import { monotonicMs } from '../linux/monotonic-clock.ts';
import { signalName } from '../linux/signals.ts';
import type { ExitStatus } from '../linux/wait.ts';
import { Child, type ChildPlan, dispatcherFailure, type OutputConsumer, SpawnError } from './child.ts';
import { childEnvironment, surroundingsOf } from './child-environment.ts';
import { CommandError, type ResolvedCommand, resolveCommand } from './command.ts';
import type { DaemonContext } from './daemon-context.ts';
import { type Goal, type GoalEvent, nextGoal } from './goal.ts';
import { OutputEvents } from './output-events.ts';
import { ProcessLogs } from './process-logs.ts';
import {
  deadlineOf,
  type Lifecycle,
  neverStarted,
  pidOf,
  type RestartPolicy,
  type StateName,
} from './process-state.ts';
import type { ProgramCgroup } from './program-cgroups.ts';
import type { Requester } from './requester.ts';
import { stateChangeEvent } from './state-change-event.ts';
import { type Effect, type ProcessEvent, step } from './state-machine.ts';
import { type Timestamp, timestampNow, unixSecondsOf } from './timestamp.ts';

/** What a group does to its processes that a plain program does not need. */
export interface Attachment {
  /** A descriptor to be the child's stdin instead of a pipe; asked at every spawn. Throws SpawnError or SyscallError. */
  readonly stdinFd?: () => number;
  /** Of which the child is a listener: takes its stdout as a protocol, beside the log. */
  readonly pool?: PoolHandle;
}

export type TransitionListener = (process: Process, from: StateName) => void;

export class Process {
  readonly name: string;
  readonly policy: RestartPolicy;
  readonly logs: ProcessLogs;
  readonly #cgroup: ProgramCgroup | null;
  #goal: Goal = { kind: 'none' };
  #life: Lifecycle = neverStarted;
  /** The state that listeners were last notified of. */
  #notifiedState = this.#life.state;
  /** Set while a child is on its way to its program: what came of it. */
  #spawning: (() => ProcessEvent) | null = null;
  #child: Child | null = null;
  #lastExit: ExitStatus | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #started: Timestamp | null = null;
  #stopped: Timestamp | null = null;
  readonly #listeners = new Set<TransitionListener>();

  constructor(
    readonly config: ProcessConfig,
    readonly group: string,
    readonly daemon: DaemonContext,
    private readonly attachment: Attachment = {},
  ) {
    this.name = config.name;
    this.policy = {
      name: config.name,
      startMs: config.startsecs * 1000,
      startretries: config.startretries,
      autorestart: config.autorestart,
      exitcodes: config.exitcodes,
      stopMs: config.stopwaitsecs * 1000,
    };
    this.#cgroup = daemon.cgroups?.of(group, config.name, daemon.log) ?? null;
    this.logs = new ProcessLogs(config, group, attachment.pool ?? null, daemon);
  }

  /** What it shall be, and who asked for that. */
  get goal(): Goal {
    return this.#goal;
  }

  get life(): Lifecycle {
    return this.#life;
  }

  get state(): StateName {
    return this.#life.state.name;
  }

  /** 0 when there is no child that could be signalled. */
  get pid(): number {
    return this.state === 'UNKNOWN' ? 0 : (pidOf(this.#life.state) ?? 0);
  }

  /** Unix times in seconds of the last attempt to spawn and of the last end, by the clock as it is set now; 0 for never. */
  get times(): { readonly started: number; readonly stopped: number } {
    return { started: unixSecondsOf(this.#started), stopped: unixSecondsOf(this.#stopped) };
  }

  /** What its cgroup has used; null when it has no child, or the child no cgroup. */
  get cgroupUsage(): CgroupUsage | null {
    return this.pid === 0 ? null : (this.#cgroup?.usage() ?? null);
  }

  /** Log file of each channel, as clients are told; null when there is none. */
  get logPaths(): ProcessLogs['paths'] {
    return this.logs.paths;
  }

  /** How the last child ended; null while none has. */
  get lastExit(): ExitStatus | null {
    return this.#lastExit;
  }

  /** `name`, or `group:name` where they differ. */
  get qualifiedName(): string {
    return this.group === this.name ? this.name : `${this.group}:${this.name}`;
  }

  /** What would be executed now. Throws CommandError. */
  resolveCommand(): ResolvedCommand {
    return resolveCommand(this.config.command, surroundingsOf(this.config, this.daemon));
  }

  start(by: Requester): void {
    this.beginStart(by);
    this.finishSpawn();
  }

  /** As start, but its child may still be on its way to its program: `finishSpawn` must follow in the same turn of the event loop. */
  beginStart(by: Requester): void {
    this.#pursue({ type: 'start', asked: { by, at: timestampNow() } });
  }

  /** Waits until a child that is being spawned is its program, or has failed to become it. */
  finishSpawn(): void {
    const spawned = this.#spawning?.();
    if (spawned) this.#handle(spawned);
  }

  stop(by: Requester): void {
    if (this.state === 'BACKOFF') {
      this.daemon.log.debug(`Attempted to kill ${this.name}, which is in BACKOFF state.`);
    }
    this.#pursueNow({ type: 'stop', asked: { by, at: timestampNow() } });
  }

  /** Stops it and starts it again; `held`: only after `release`. One that is down is started. */
  restart(by: Requester, { held }: { readonly held: boolean }): void {
    this.#pursueNow({ type: 'restart', asked: { by, at: timestampNow() }, held });
  }

  /** Lets a held restart go on. */
  release(): void {
    this.#pursueNow({ type: 'released' });
  }

  /** Leaves a process that a held restart has stopped as it is. */
  abandonRestart(): void {
    this.#pursueNow({ type: 'abandoned' });
  }

  /** The supervisor ends: stops it, and its goal stays what it was. */
  terminate(): void {
    this.#dispatch({ type: 'stop' });
  }

  /** The supervisor ends: no start any more, whatever happens. */
  forbidStart(): void {
    this.#dispatch({ type: 'forbidStart' });
    // What was left in it may have ended since.
    if (this.#child === null) this.#cgroup?.remove();
  }

  /** True while it runs, or would run again by itself: what `stop` can act upon. */
  get isStoppable(): boolean {
    if (this.#goal.kind === 'restart') return true;
    const { state } = this.#life;
    if (state.name === 'EXITED') return state.restartAt !== null;
    return state.name === 'STARTING' || state.name === 'RUNNING' || state.name === 'BACKOFF';
  }

  /** STARTING, RUNNING or STOPPING: there is a child to signal. */
  get isSignallable(): boolean {
    return this.state === 'STARTING' || this.state === 'RUNNING' || this.state === 'STOPPING';
  }

  /** Sends a signal to the process alone, without a change of state. False when the kernel refused. */
  signal(number: number): boolean {
    this.daemon.log.debug(`sending ${this.name} (pid ${this.pid}) sig ${signalName(number)}`);
    const failure = this.#child?.signal(number, 'process') ?? null;
    if (failure === null) return true;
    // A signal the kernel does not know says nothing about the process.
    if (failure !== E.EINVAL) {
      const reason = `unknown problem sending sig ${this.name} (${this.pid}):${errnoName(failure)}`;
      this.#dispatch({ type: 'signalFailed', reason });
    }
    return false;
  }

  /** Writes to the child's stdin, in order, without waiting for it to read. */
  writeStdin(data: Uint8Array): WriteResult {
    return this.#child?.stdin?.write(data) ?? 'closed';
  }

  /** Calls back after every change of state. Returns unsubscribe. */
  onTransition(listener: TransitionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #pursueNow(event: GoalEvent): void {
    this.#pursue(event);
    this.finishSpawn();
  }

  #pursue(event: GoalEvent): void {
    this.finishSpawn();
    const { goal, command } = nextGoal(this.#goal, event, this.#life.state);
    this.#goal = goal;
    if (command) this.#handle({ type: command });
  }

  #dispatch(event: ProcessEvent): void {
    this.finishSpawn();
    this.#handle(event);
    this.finishSpawn();
  }

  /** Feeds the state machine, and performs its effects until nothing follows from them. */
  #handle(event: ProcessEvent): void {
    const events: ProcessEvent[] = [event];
    for (let next = events.shift(); next !== undefined; next = events.shift()) {
      const { life, effects } = step(this.#life, next, this.policy, monotonicMs());
      this.#life = life;
      for (const effect of effects) {
        const consequence = this.#perform(effect);
        if (consequence) events.push(consequence);
      }
    }
    if (this.#spawning) return;
    this.#armTimer();
    this.#notify();
  }

  #notify(): void {
    const before = this.#notifiedState;
    this.#notifiedState = this.#life.state;
    if (this.#notifiedState === before) return;
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
        this.#spawn();
        return null;
      case 'signal':
        return effect.signal === 'stop' ? this.#sendStopSignal() : this.#sendKill();
    }
  }

  /** What comes of it is handled by `finishSpawn`, failures too: each process has its turn in the log. */
  #spawn(): void {
    this.#started = timestampNow();
    const begun = this.#orSpawnFailed(() => Child.begin(this.#plan(), this.daemon.dataPlane));
    this.#spawning = () => {
      this.#spawning = null;
      return 'type' in begun ? begun : this.#orSpawnFailed(() => this.#adopt(begun()));
    };
  }

  #plan(): ChildPlan {
    const command = this.resolveCommand();
    const logs = this.logs.open();
    return {
      config: this.config,
      group: this.group,
      command,
      environment: childEnvironment(this.config, this.group, this.daemon),
      cgroup: this.#cgroup,
      logs,
      stdinFd: this.attachment.stdinFd?.() ?? null,
      pool: this.attachment.pool ?? null,
      stripAnsi: this.daemon.stripAnsi,
      outputs: { stdout: this.#consumer('stdout'), stderr: this.#consumer('stderr') },
    };
  }

  #adopt(child: Child): ProcessEvent {
    this.#child = child;
    this.daemon.reaper.adopt(child.pid, (status) => this.#onReaped(child, status));
    return { type: 'spawned', pid: child.pid };
  }

  #orSpawnFailed<T>(action: () => T): T | ProcessEvent {
    try {
      return action();
    } catch (error) {
      this.logs.close();
      if (error instanceof CommandError || error instanceof SpawnError) {
        return { type: 'spawnFailed', reason: error.message };
      }
      if (error instanceof SyscallError) {
        return { type: 'spawnFailed', reason: dispatcherFailure(error, this.name) };
      }
      throw error;
    }
  }

  /** Its last output comes before the news of its end; a grandchild that holds the pipe does not hold this up. */
  async #onReaped(child: Child, status: ExitStatus): Promise<void> {
    child.markReaped();
    this.#lastExit = status;
    await this.#cgroup?.ended(this.config.killascgroup);
    await child.drained();
    this.#stopped = timestampNow();
    this.#child = null;
    this.logs.close();
    this.#dispatch({ type: 'exited', status });
  }

  #sendStopSignal(): ProcessEvent | null {
    const { stopsignal, stopasgroup } = this.config;
    const whom = stopasgroup ? ' process group' : '';
    this.daemon.log.debug(
      `killing ${this.name} (pid ${this.pid})${whom} with signal ${signalName(stopsignal)}`,
    );
    return this.#kill(stopsignal, stopasgroup);
  }

  #sendKill(): ProcessEvent | null {
    if (this.config.killascgroup) this.#cgroup?.kill();
    return this.#kill(9, this.config.killasgroup);
  }

  #kill(number: number, asGroup: boolean): ProcessEvent | null {
    const failure = this.#child?.signal(number, asGroup ? 'group' : 'process') ?? null;
    if (failure === null) return null;
    return {
      type: 'signalFailed',
      reason: `unknown problem killing ${this.name} (${this.pid}):${errnoName(failure)}`,
    };
  }

  #armTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const deadline = deadlineOf(this.#life, this.policy);
    if (deadline === null) return;
    const delay = Math.max(0, Math.ceil(deadline - monotonicMs()));
    // setTimeout cannot wait longer than this; waking early only arms it again.
    const elapsed = (): void => this.daemon.taskQueue.take(() => this.#dispatch({ type: 'elapsed' }));
    this.#timer = setTimeout(elapsed, Math.min(delay, 2 ** 31 - 1));
  }

  #consumer(channel: Channel): OutputConsumer {
    const understood = new OutputEvents(this, channel, this.daemon);
    if (channel === 'stdout' && this.attachment.pool) return understood.asProtocol();
    return understood.asOutput(this.config[channel]);
  }
}
