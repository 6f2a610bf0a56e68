// One run of a program: its pid, its stdin, the streams that carry its output.

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
import { type Beginning, begin, leavePlaces, SpawnFailure } from '../linux/spawn.ts';
import type { ResolvedCommand } from './command.ts';
import type { ProgramCgroup } from './program-cgroups.ts';
import type { OnExit, Reaper } from './reaper.ts';

/** What the child is connected to; made by the process it belongs to. */
export interface ChildPlan {
  readonly config: ProcessConfig;
  readonly group: string;
  readonly command: ResolvedCommand;
  readonly environment: readonly string[];
  /** Where it is to live; null leaves it with us. */
  readonly cgroup: ProgramCgroup | null;
  /** Null for the daemon's own. */
  readonly limits: ProgramLimits | null;
  /** Log files by channel, open already; null writes nothing. */
  readonly logs: Readonly<Record<Channel, Log | null>>;
  /** A descriptor to be the child's stdin (the socket of a FastCGI program), or null for a pipe. */
  readonly stdinFd: number | null;
  /** Of which it is a listener: takes its stdout as answers, and writes events to its stdin beside us. */
  readonly pool: PoolHandle | null;
  readonly stripAnsi: boolean;
  readonly outputs: Readonly<Record<Channel, OutputConsumer>>;
}

/** What is done with the output of a channel beside its log. */
export type OutputConsumer = StreamConsumer & Pick<StreamSettings, 'prompt' | 'syslogName'>;

/** A spawn that failed, in the words that clients get. */
export class SpawnError extends Error {
  override readonly name = 'SpawnError';
}

/** Makes the children of processes. Tests put their own in its place. */
export interface ChildFactory {
  /** Throws SpawnError or SyscallError; then nothing is left open. */
  begin(plan: ChildPlan): PendingChild;
}

/** A child that may still be on its way to its program. */
export interface PendingChild {
  /**
   * Waits until it is its program. To be called once, in the turn of the event loop in which it was begun. `onExit` is
   * called when the kernel has let go of its pid. Throws as `begin`.
   */
  finish(onExit: OnExit): Child;
}

export interface Child {
  readonly pid: number;
  /** Our end of its stdin; null when it has none of its own. */
  readonly stdin: Pick<StdinPipe, 'write'> | null;
  /** Signals the child, or its whole process group. The error number when that failed; a child that is gone is no failure. */
  signal(number: number, target: 'process' | 'group'): number | null;
  /** Resolves when everything it has written is in its logs and was seen by those who subscribed to it. */
  drained(): Promise<void>;
}

/** Children in processes of their own. */
export class SpawnedChildren implements ChildFactory {
  constructor(
    private readonly dataPlane: DataPlane,
    private readonly reaper: Reaper,
  ) {}

  begin(plan: ChildPlan): PendingChild {
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
    const beginning = orFail(() => beginSpawn(plan, pipes));
    return {
      finish(onExit) {
        const pid = orFail(() => beginning.settle());
        const streams = connectStreams(plan, pid, pipes, dataPlane);
        const child = new SpawnedChild(pid, connectStdin(pipes, dataPlane), streams);
        adopt(reaper, child, onExit);
        return child;
      },
    };
  }
}

/** A function of its own: a closure in `begin` would keep the plan, with the whole environment, for as long as the child runs. */
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

  /** To be called when the kernel has let go of the pid: from then on it may belong to somebody else. */
  markReaped(): void {
    this.#reaped = true;
    leavePlaces();
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
  /** Our end of stdin once more, for the pool. */
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

function beginSpawn(plan: ChildPlan, pipes: Pipes): Beginning {
  const { directory, umask, user, killascgroup } = plan.config;
  const { path, argv } = plan.command;
  const stdio = childEnds(plan, pipes);
  const { environment, limits } = plan;
  const request = { path, argv, environment, stdio, directory, umask, user, limits };
  return plan.cgroup?.begin(request, killascgroup) ?? begin({ ...request, cgroup: null });
}

function closePipes({ stdin, stdout, stderr, eventsFd }: Pipes): void {
  for (const pipe of [stdin, stdout, stderr]) if (pipe) closePipe(pipe);
  if (eventsFd !== undefined) libc.close(eventsFd);
}

/** Why the pipes or logs of a process could not be opened. */
export function dispatcherFailure(error: SyscallError, name: string): string {
  // No thread for the disk of its log.
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

/** Tells the failure in the program's stderr log too, where the user of a program looks first. */
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
