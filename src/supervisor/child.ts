// A child process: its pid, its stdin, the streams that carry its output.

import { type Channel, channels } from '../config/channel.ts';
import type { ProcessConfig } from '../config/config.ts';
import type { DataPlane, Log, Stream, StreamConsumer } from '../data-plane/main/data-plane.ts';
import type { PoolHandle } from '../data-plane/main/pool-handle.ts';
import type { StreamSettings } from '../data-plane/protocol/messages.ts';
import type { ListenerEnd } from '../data-plane/protocol/pool-commands.ts';
import { StdinPipe } from '../data-plane/protocol/stdin-pipe.ts';
import { E, errnoName, SyscallError } from '../linux/errno.ts';
import { errno, libc } from '../linux/libc.ts';
import { leavingDescriptors } from '../linux/limits.ts';
import { closePipe, createPipe, duplicate, type Pipe } from '../linux/pipe.ts';
import type { ProgramLimits } from '../linux/program-limits.ts';
import { beginSpawn, type PendingSpawn, SpawnFailure, vacateSlots } from '../linux/spawn.ts';
import type { ResolvedCommand } from './command.ts';
import type { ProgramCgroup } from './program-cgroups.ts';
import type { OnExit, Reaper } from './reaper.ts';

/** What to spawn and what to connect it to. */
export interface ChildPlan {
  readonly config: ProcessConfig;
  readonly group: string;
  readonly command: ResolvedCommand;
  readonly environment: readonly string[];
  /** The cgroup to spawn it in; null for the daemon's own. */
  readonly cgroup: ProgramCgroup | null;
  /** Resource limits; null for the daemon's own. */
  readonly limits: ProgramLimits | null;
  /** Open logs by channel; null discards the output. */
  readonly logs: Readonly<Record<Channel, Log | null>>;
  /** A descriptor for the child's stdin (the socket of a FastCGI program); null for a pipe. */
  readonly stdinFd: number | null;
  /**
   * The pool in which it is a listener: reads results from its stdout and writes events to its stdin, from the worker.
   */
  readonly pool: PoolHandle | null;
  readonly stripAnsi: boolean;
  readonly outputs: Readonly<Record<Channel, OutputConsumer>>;
}

/** What is done with the output of a channel besides logging it. */
export type OutputConsumer = StreamConsumer & Pick<StreamSettings, 'prompt' | 'syslogName'>;

/** A failed spawn; the message is the one that clients see. */
export class SpawnError extends Error {
  override readonly name = 'SpawnError';
}

/** Spawns children. A seam for unit tests. */
export interface ChildFactory {
  /** Throws SpawnError or SyscallError, with every descriptor closed again. */
  beginSpawn(plan: ChildPlan): PendingChild;
}

/** A child that may not have reached execve(2) yet. */
export interface PendingChild {
  /**
   * Waits for execve(2). Call it once, in the turn of the event loop of `beginSpawn`. `onExit` is called when the child
   * has been reaped. Throws like `beginSpawn`.
   */
  finish(onExit: OnExit): Child;
}

export interface Child {
  readonly pid: number;
  /** The write end of its stdin pipe; null when its stdin is no pipe. */
  readonly stdin: Pick<StdinPipe, 'write'> | null;
  /** Signals the child, or its process group. Returns the errno of a failure, else null; ESRCH is no failure. */
  signal(number: number, target: 'process' | 'group'): number | null;
  /** Resolves when its output is in its logs and was delivered to its consumer. */
  drained(): Promise<void>;
}

/** Real children; unit tests use fakes. */
export class SpawnedChildren implements ChildFactory {
  constructor(
    private readonly dataPlane: DataPlane,
    private readonly reaper: Reaper,
  ) {}

  beginSpawn(plan: ChildPlan): PendingChild {
    const { dataPlane, reaper } = this;
    const pipes = leavingDescriptors(() => openPipes(plan, dataPlane));
    const orFail = <T>(action: () => T): T => {
      try {
        return action();
      } catch (error) {
        closePipes(pipes);
        throw explain(error, plan);
      }
    };
    const spawn = orFail(() => spawnInto(plan, pipes));
    return {
      finish(onExit) {
        const pid = orFail(() => spawn.finish());
        const streams = connectStreams(plan, pid, pipes, dataPlane);
        const child = new SpawnedChild(pid, connectStdin(pipes, dataPlane), streams);
        adopt(reaper, child, onExit);
        return child;
      },
    };
  }
}

/**
 * Not a closure in `beginSpawn`, which would keep the plan with the whole environment alive for as long as the child runs.
 */
function adopt(reaper: Reaper, child: SpawnedChild, onExit: OnExit): void {
  reaper.adopt(child.pid, (status) => {
    child.markReaped();
    return onExit(status);
  });
}

class SpawnedChild implements Child {
  #reaped = false;

  constructor(
    readonly pid: number,
    readonly stdin: StdinPipe | null,
    readonly streams: readonly Stream[],
  ) {}

  /** Call it when the child has been reaped: the kernel may reuse the pid from then on. */
  markReaped(): void {
    this.#reaped = true;
    vacateSlots();
    this.stdin?.close();
  }

  signal(number: number, target: 'process' | 'group'): number | null {
    if (this.#reaped) return null;
    if (libc.kill(target === 'group' ? -this.pid : this.pid, number) === 0) return null;
    const why = errno();
    return why === E.ESRCH ? null : why;
  }

  async drained(): Promise<void> {
    await Promise.all(this.streams.map((stream) => stream.drained()));
  }
}

interface Pipes {
  readonly stdin?: Pipe;
  readonly stdout?: Pipe;
  readonly stderr?: Pipe;
  /** A duplicate of stdin's write end, which the worker owns. */
  readonly eventsFd?: number;
}

function openPipes(plan: ChildPlan, dataPlane: DataPlane): Pipes {
  const opened: { stdin?: Pipe; stdout?: Pipe; stderr?: Pipe; eventsFd?: number } = {};
  try {
    if (plan.stdinFd === null) opened.stdin = createPipe('write');
    if (plan.pool && opened.stdin) opened.eventsFd = duplicate(opened.stdin.writeFd);
    opened.stdout = createPipe('read');
    if (!plan.config.redirectStderr) opened.stderr = createPipe('read');
    dataPlane.prepare(plan.logs.stdout);
    if (opened.stderr) dataPlane.prepare(plan.logs.stderr);
    return opened;
  } catch (error) {
    closePipes(opened);
    if (!(error instanceof SyscallError)) throw error;
    throw new SpawnError(dispatcherFailure(error, plan.config.name));
  }
}

function spawnInto(plan: ChildPlan, pipes: Pipes): PendingSpawn {
  const { directory, umask, user, killascgroup } = plan.config;
  const { path, argv } = plan.command;
  const stdio = childEnds(plan, pipes);
  const { environment, limits } = plan;
  const request = { path, argv, environment, stdio, directory, umask, user, limits };
  return plan.cgroup?.beginSpawn(request, killascgroup) ?? beginSpawn({ ...request, cgroup: null });
}

function closePipes({ stdin, stdout, stderr, eventsFd }: Pipes): void {
  for (const pipe of [stdin, stdout, stderr]) if (pipe) closePipe(pipe);
  if (eventsFd !== undefined) libc.close(eventsFd);
}

/** Why the pipes or logs of a process could not be opened. */
export function dispatcherFailure(error: SyscallError, name: string): string {
  // The thread for the file system of its log could not be created.
  if (error.errno === E.EAGAIN) return forkFailure(error.code, name);
  return error.errno === E.EMFILE
    ? `too many open files to spawn '${name}'`
    : `unknown error making dispatchers for '${name}': ${error.code}`;
}

function childEnds(plan: ChildPlan, pipes: Pipes): [number, number, number] {
  const stdin = plan.stdinFd ?? pipes.stdin?.readFd ?? 0;
  const stdout = pipes.stdout?.writeFd ?? 1;
  return [stdin, stdout, pipes.stderr?.writeFd ?? stdout];
}

function connectStdin(pipes: Pipes, dataPlane: DataPlane): StdinPipe | null {
  if (!pipes.stdin) return null;
  libc.close(pipes.stdin.readFd);
  return new StdinPipe(pipes.stdin.writeFd, dataPlane);
}

function connectStreams(plan: ChildPlan, pid: number, pipes: Pipes, dataPlane: DataPlane): Stream[] {
  return channels.flatMap((channel) => {
    const pipe = pipes[channel];
    if (!pipe) return [];
    libc.close(pipe.writeFd);
    const { captureMaxBytes, lines } = plan.config[channel];
    const { prompt, syslogName, ...consumer } = plan.outputs[channel];
    const settings: StreamSettings = {
      ...{ fd: pipe.readFd, stripAnsi: plan.stripAnsi, prompt, syslogName },
      captureMaxBytes: consumer.onCapture ? captureMaxBytes : 0,
      lines: { style: lines, source: { process: plan.config.name, group: plan.group, channel, pid } },
      listener: channel === 'stdout' ? listenerEnd(plan, pipes) : null,
    };
    return dataPlane.attach(settings, consumer, plan.logs[channel]);
  });
}

function listenerEnd({ pool, config }: ChildPlan, { eventsFd }: Pipes): ListenerEnd | null {
  if (pool === null || eventsFd === undefined) return null;
  return { pool: pool.number, listener: config.name, stdinFd: eventsFd };
}

/** Writes the failure to the program's stderr log as well, where its user looks first. */
function explain(error: unknown, plan: ChildPlan): unknown {
  if (!(error instanceof SpawnFailure)) return error;
  if (error.stage === 'fork') return new SpawnError(forkFailure(error.reason, plan.config.name));
  const what = stageFailure(error, plan);
  const log = plan.config.redirectStderr ? plan.logs.stdout : plan.logs.stderr;
  log?.write(`supervisor: ${what}\nsupervisor: child process was not spawned\n`);
  return new SpawnError(what);
}

function forkFailure(reason: string, name: string): string {
  return reason === errnoName(E.EAGAIN)
    ? `Too many processes in process table to spawn '${name}'`
    : `unknown error during fork for '${name}': ${reason}`;
}

function stageFailure(failure: SpawnFailure, plan: ChildPlan): string {
  switch (failure.stage) {
    case 'setuid':
      return `couldn't setuid to ${plan.config.user?.uid}: ${failure.reason}`;
    case 'chdir':
      return `couldn't chdir to ${plan.config.directory}: ${failure.reason}`;
    default:
      return `couldn't exec ${plan.command.argv[0]}: ${failure.reason}`;
  }
}
