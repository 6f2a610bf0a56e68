// The child of one process: spawned, signalled and seen to its end. When that is due is decided by process.ts.
import type { Channel } from '../config/channel.ts';
import type { ProcessConfig } from '../config/config.ts';
import type { PoolHandle } from '../data-plane/main/pool-handle.ts';
import type { WriteResult } from '../data-plane/protocol/stdin-pipe.ts';
import type { CgroupUsage } from '../linux/cgroup.ts';
import { errnoName, SyscallError } from '../linux/errno.ts';
import { leavingDescriptors } from '../linux/limits.ts';
import { signalName } from '../linux/signals.ts';
import type { ExitStatus } from '../linux/wait.ts';
import {
  type Child,
  type ChildPlan,
  dispatcherFailure,
  type OutputConsumer,
  type PendingChild,
  SpawnError,
} from './child.ts';
import { childEnvironment, surroundingsOf } from './child-environment.ts';
import { CommandError, type ResolvedCommand, resolveCommand } from './command.ts';
import type { DaemonContext } from './daemon-context.ts';
import { OutputEvents } from './output-events.ts';
import { ProcessLogs } from './process-logs.ts';
import type { ProgramCgroup } from './program-cgroups.ts';
import type { ProcessEvent } from './state-machine.ts';

/** What a group does to its processes that a plain program does not need. */
export interface ProcessRole {
  /** A descriptor to be the child's stdin instead of a pipe; asked at every spawn. Throws SpawnError or SyscallError. */
  readonly stdinFd?: () => number;
  /** The pool of which the child is a listener: takes its stdout as a protocol, beside the log. */
  readonly pool?: PoolHandle;
}

/** What the child belongs to. */
export interface ChildOwner {
  readonly config: ProcessConfig;
  readonly name: string;
  readonly group: string;
  /** 0 while there is none. */
  readonly pid: number;
  readonly daemon: DaemonContext;
  /** When it was reaped; what it wrote may still be in its pipes. */
  onReaped(status: ExitStatus): void;
  /** When all it wrote is in its logs. */
  onEnded(status: ExitStatus): void;
}

export class ProcessChild {
  readonly logs: ProcessLogs;
  readonly #cgroup: ProgramCgroup | null;
  /** Set while a child is on its way to its program, or has failed to be begun. */
  #pending: PendingChild | ProcessEvent | null = null;
  #child: Child | null = null;

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

  /** What its cgroup has used; null when it has none. */
  get cgroupUsage(): CgroupUsage | null {
    return this.#cgroup?.usage() ?? null;
  }

  /** What would be executed now. Throws CommandError. */
  resolveCommand(): ResolvedCommand {
    const { config, daemon } = this.owner;
    return resolveCommand(config.command, surroundingsOf(config, daemon));
  }

  /** `finish` must follow in the same turn of the event loop. It tells of failures, too: each process has its turn in the log. */
  begin(): void {
    this.#pending = this.#orSpawnFailed(() => this.owner.daemon.children.begin(this.#plan()));
  }

  /** Waits until a child that was begun is its program, or has failed to become it; null when none was. */
  finish(): ProcessEvent | null {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null || 'type' in pending) return pending;
    return this.#orSpawnFailed(() => this.#adopt(pending));
  }

  /** A child that another instance of the daemon has spawned. */
  inherit(child: Child): void {
    this.#child = child;
  }

  /** The error number when the kernel refused. */
  signal(number: number): number | null {
    return this.#child?.signal(number, 'process') ?? null;
  }

  sendStopSignal(): ProcessEvent | null {
    const { stopsignal, stopasgroup } = this.owner.config;
    return this.#kill(stopsignal, stopasgroup);
  }

  sendKill(): ProcessEvent | null {
    const { killascgroup, killasgroup } = this.owner.config;
    if (killascgroup) this.#cgroup?.kill();
    return this.#kill(9, killasgroup);
  }

  /** Writes to the child's stdin, in order, without waiting for it to read. */
  writeStdin(data: Uint8Array): WriteResult {
    return this.#child?.stdin?.write(data) ?? 'closed';
  }

  /** Gives back its cgroup, unless there is a child in it. */
  dispose(): void {
    if (this.#child === null) this.#cgroup?.remove();
  }

  #plan(): ChildPlan {
    const { config, group, daemon } = this.owner;
    const command = this.resolveCommand();
    const logs = leavingDescriptors(() => this.logs.open());
    return {
      ...{ config, group, command, logs },
      environment: childEnvironment(config, group, daemon),
      cgroup: this.#cgroup,
      limits: daemon.programLimits,
      stdinFd: this.role.stdinFd?.() ?? null,
      pool: this.role.pool ?? null,
      stripAnsi: daemon.stripAnsi,
      outputs: { stdout: this.#consumer('stdout'), stderr: this.#consumer('stderr') },
    };
  }

  #adopt(pending: PendingChild): ProcessEvent {
    const child = pending.finish((status) => this.#onReaped(child, status));
    this.#child = child;
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
        return { type: 'spawnFailed', reason: dispatcherFailure(error, this.owner.name) };
      }
      throw error;
    }
  }

  /** Its last output comes before the news of its end; a grandchild that holds the pipe does not hold this up. */
  async #onReaped(child: Child, status: ExitStatus): Promise<void> {
    this.owner.onReaped(status);
    await this.#cgroup?.ended(this.owner.config.killascgroup);
    await child.drained();
    this.#child = null;
    this.logs.close();
    this.owner.onEnded(status);
  }

  #kill(number: number, asGroup: boolean): ProcessEvent | null {
    const { name, pid, daemon } = this.owner;
    const whom = asGroup ? ' process group' : '';
    daemon.log.debug(`killing ${name} (pid ${pid})${whom} with signal ${signalName(number)}`);
    const failure = this.#child?.signal(number, asGroup ? 'group' : 'process') ?? null;
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
