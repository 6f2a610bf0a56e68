// The child of one process: spawn, signal, drain after exit. process.ts decides when.
import type { Channel } from '../../config/channel.ts';
import type { ProcessConfig } from '../../config/config.ts';
import type { PoolHandle } from '../../data-plane/main/pool-handle.ts';
import type { WriteResult } from '../../data-plane/protocol/stdin-pipe.ts';
import type { CgroupUsage } from '../../linux/cgroup.ts';
import { errnoName, SyscallError } from '../../linux/errno.ts';
import { leavingDescriptors } from '../../linux/limits.ts';
import { signalName } from '../../linux/signals.ts';
import { type SpawnRequest, spawn } from '../../linux/spawn.ts';
import { isSystemError } from '../../linux/system-error.ts';
import type { ExitStatus } from '../../linux/wait.ts';
import type { DaemonContext } from '../daemon-context.ts';
import type { ProcessEvent } from '../lifecycle/state-machine.ts';
import { NotifyRun, type NotifyRunEvents } from '../notify/notify-run.ts';
import type {
  Child,
  ChildPlan,
  ChildSnapshot,
  OutputConsumer,
  PendingChild,
  PlannedReadiness,
} from './child.ts';
import { childEnvironment, programLookupOf } from './child-environment.ts';
import { CommandError, type ResolvedCommand, resolveCommand } from './command.ts';
import { OutputEvents } from './output-events.ts';
import { ProcessLogs, type ProcessLogsSnapshot } from './process-logs.ts';
import type { ProgramCgroup } from './program-cgroups.ts';
import { dispatcherFailure, SpawnError } from './spawn-error.ts';

/** What listener pools and FastCGI groups add to a plain program. */
export interface ProcessRole {
  /**
   * Returns a descriptor for the child's stdin in place of a pipe; called at every spawn. Throws SpawnError or
   * SyscallError.
   */
  readonly stdinFd?: () => number;
  /** The pool in which the child is a listener: its stdout is parsed as the listener protocol as well as logged. */
  readonly pool?: PoolHandle;
}

/** What the child belongs to. */
export interface ChildOwner {
  readonly config: ProcessConfig;
  readonly name: string;
  readonly group: string;
  /** 0 without a child. */
  readonly pid: number;
  readonly daemon: DaemonContext;
  /** Told what it sends to its notify socket; null for a program without one. */
  readonly notify: Pick<NotifyRunEvents, 'onMessage' | 'onMessagesRead'> | null;
  /** Another process is the program's main process now. */
  onMainPid(pid: number): void;
  /** It was reaped; its last output may still be in the pipes. */
  onReaped(status: ExitStatus): void;
  /** It has shown that it is ready, by its descriptor or its output. */
  becameReady(): void;
  failedToBecomeReady(reason: string): void;
  /** Its pipes are drained: all output is in its logs. */
  onEnded(status: ExitStatus): void;
}

/** Serialisable. A spawn is never pending in it: it is finished in its turn of the event loop. */
export interface ProcessChildSnapshot {
  readonly logs: ProcessLogsSnapshot;
  readonly child: ChildSnapshot | null;
}

export class ProcessChild {
  readonly logs: ProcessLogs;
  readonly #cgroup: ProgramCgroup | null;
  /** A spawn between `beginSpawn` and `finishSpawn`, or the failure of its first half. */
  #pending: PendingChild | ProcessEvent | null = null;
  #child: Child | null = null;
  /** Of the current run. */
  #notify: NotifyRun | null = null;

  constructor(
    private readonly owner: ChildOwner,
    private readonly role: ProcessRole,
  ) {
    const { config, group, name, daemon } = owner;
    this.#cgroup = daemon.cgroups?.of(group, name, daemon.log) ?? null;
    this.logs = new ProcessLogs(config, group, role.pool ?? null, daemon);
  }

  get isPending(): boolean {
    return this.#pending !== null;
  }

  /** Usage of its cgroup; null when it has none. */
  get cgroupUsage(): CgroupUsage | null {
    return this.#cgroup?.usage() ?? null;
  }

  /** What a spawn would execute now. Throws CommandError. */
  resolveCommand(): ResolvedCommand {
    const { config, daemon } = this.owner;
    return resolveCommand(config.command, programLookupOf(config, daemon));
  }

  /**
   * Call `finishSpawn` in the same turn of the event loop. It also returns failures of this half, so that the log lists
   * processes in start order.
   */
  beginSpawn(): void {
    this.#pending = this.#orSpawnFailed(() => this.owner.daemon.children.beginSpawn(this.#plan()));
  }

  /** Waits until a pending spawn has reached execve(2) or failed; null when none is pending. */
  finishSpawn(): ProcessEvent | null {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null || 'type' in pending) return pending;
    return this.#orSpawnFailed(() => this.#adopt(pending));
  }

  /** Spawns another command, in its cgroup if the child is in one. Throws SpawnFailure. */
  spawnBeside(request: Omit<SpawnRequest, 'cgroup'>): number {
    return this.#cgroup?.spawnBeside(request) ?? spawn({ ...request, cgroup: null });
  }

  snapshot(): ProcessChildSnapshot {
    return { logs: this.logs.snapshot(), child: this.#child?.snapshot() ?? null };
  }

  /** Continues with the child that the daemon spawned before its exec. */
  restore({ logs, child: snapshot }: ProcessChildSnapshot): void {
    this.logs.restore(logs);
    if (snapshot === null) return;
    const outputs = { stdout: this.#consumer('stdout'), stderr: this.#consumer('stderr') };
    const onExit = (status: ExitStatus) => this.#onReaped(child, status);
    const beforeReap = () => this.readNotifyMessages();
    const connections = { outputs, readiness: this.#readiness(), onExit, beforeReap };
    const child = this.owner.daemon.children.restore(snapshot, connections);
    this.#child = child;
  }

  /** The errno of kill(2), or null. */
  signal(number: number): number | null {
    return this.#send(number, 'process');
  }

  /** Handles what it has sent to its notify socket and was not read yet. */
  readNotifyMessages(): void {
    this.#notify?.readAll();
  }

  sendStopSignal(): ProcessEvent | null {
    const { stopsignal, stopasgroup } = this.owner.config;
    return this.#kill(stopsignal, stopasgroup);
  }

  sendKill(): ProcessEvent | null {
    const { killascgroup, killasgroup } = this.owner.config;
    if (killascgroup) this.#cgroup?.kill();
    const failure = this.#kill(9, killasgroup);
    this.#notify?.killed();
    return failure;
  }

  /** Queues data for the child's stdin, without waiting for it to read. */
  writeStdin(data: Uint8Array): WriteResult {
    return this.#child?.stdin?.write(data) ?? 'closed';
  }

  /** Removes its cgroup, unless a child is in it. */
  dispose(): void {
    if (this.#child === null) this.#cgroup?.remove();
  }

  #plan(): ChildPlan {
    const { config, group, daemon } = this.owner;
    const command = this.resolveCommand();
    const logs = leavingDescriptors(() => this.logs.open());
    this.#notify = this.#openNotify();
    return {
      ...{ config, group, command, logs },
      environment: childEnvironment(config, group, daemon, this.#notify?.environment),
      cgroup: this.#cgroup,
      limits: daemon.programLimits,
      stdinFd: this.role.stdinFd?.() ?? null,
      pool: this.role.pool ?? null,
      stripAnsi: daemon.stripAnsi,
      readiness: this.#readiness(),
      outputs: { stdout: this.#consumer('stdout'), stderr: this.#consumer('stderr') },
    };
  }

  #readiness(): PlannedReadiness | null {
    const { owner } = this;
    const by = owner.config.extensions.ready;
    if (by?.kind !== 'fd' && by?.kind !== 'log') return null;
    return {
      by,
      onReady: () => owner.becameReady(),
      onNever: (reason) => owner.failedToBecomeReady(reason),
    };
  }

  #adopt(pending: PendingChild): ProcessEvent {
    const child = pending.finish(
      (status) => this.#onReaped(child, status),
      () => this.readNotifyMessages(),
    );
    this.#child = child;
    this.#notify?.spawned(child);
    return { type: 'spawned', pid: child.pid };
  }

  /**
   * Any other exception is a bug. It fails this start as well: without an event the process would stay STARTING for ever, and
   * neither a stop nor a shutdown would come to an end.
   */
  #orSpawnFailed<T>(action: () => T): T | ProcessEvent {
    try {
      return action();
    } catch (error) {
      this.#close();
      if (error instanceof CommandError || error instanceof SpawnError) {
        return { type: 'spawnFailed', reason: error.message };
      }
      if (error instanceof SyscallError) {
        return { type: 'spawnFailed', reason: dispatcherFailure(error, this.owner.name) };
      }
      const { log } = this.owner.daemon;
      log.critical(`internal error: ${error instanceof Error ? error.stack : String(error)}`);
      return { type: 'spawnFailed', reason: 'internal error, see the log of the daemon' };
    }
  }

  /** A daemon that forks may go on in another process than the child. */
  async #onReaped(child: Child, status: ExitStatus): Promise<void> {
    const end = this.#notify ? this.#notify.childReaped(status) : status;
    if (end !== null) await this.#end(child, end);
  }

  /**
   * Drains its pipes before the exit is dispatched; bounded, so a grandchild that keeps a pipe open cannot delay the
   * exit.
   */
  async #end(child: Child, status: ExitStatus): Promise<void> {
    this.owner.onReaped(status);
    await this.#cgroup?.ended(this.owner.config.killascgroup);
    await child.drained();
    this.#child = null;
    this.#close();
    this.owner.onEnded(status);
  }

  #close(): void {
    this.#notify?.close();
    this.#notify = null;
    this.logs.close();
  }

  #openNotify(): NotifyRun | null {
    const { owner } = this;
    if (owner.notify === null) return null;
    const { notify } = owner;
    const events: NotifyRunEvents = {
      onMessage: (message) => notify.onMessage(message),
      onMessagesRead: () => notify.onMessagesRead(),
      onMainPid: (pid) => owner.onMainPid(pid),
      onMainEnded: (status) => {
        if (this.#child) void this.#end(this.#child, status);
      },
    };
    const open = () => new NotifyRun(owner.config, owner.group, this.#cgroup, owner.daemon, events);
    try {
      // Only here: a start of any other program must not need more descriptors.
      return leavingDescriptors(open);
    } catch (error) {
      if (!isSystemError(error) || error.code === 'EMFILE') throw error;
      throw new SpawnError(`couldn't make its notify socket: ${error.message}`);
    }
  }

  /** To the main process, or its process group. The errno of a failure, or null. */
  #send(number: number, target: 'process' | 'group'): number | null {
    const main = this.#notify?.main;
    if (main) return main.signal(number, target, this.#child?.pid ?? 0);
    return this.#child?.signal(number, target) ?? null;
  }

  #kill(number: number, asGroup: boolean): ProcessEvent | null {
    const { name, pid, daemon } = this.owner;
    const whom = asGroup ? ' process group' : '';
    daemon.log.debug(`killing ${name} (pid ${pid})${whom} with signal ${signalName(number)}`);
    const failure = this.#send(number, asGroup ? 'group' : 'process');
    if (failure === null) return null;
    return { type: 'signalFailed', reason: `unknown problem killing ${name} (${pid}):${errnoName(failure)}` };
  }

  #consumer(channel: Channel): OutputConsumer {
    const { owner, role } = this;
    const events = new OutputEvents(owner, channel, owner.daemon);
    if (channel === 'stdout' && role.pool) return events.asProtocol();
    return events.asOutput(owner.config[channel]);
  }
}
