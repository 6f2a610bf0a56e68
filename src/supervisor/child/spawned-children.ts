// Spawns real children and connects their pipes to the data plane.
import { channels } from '../../config/channel.ts';
import type { DataPlane, Stream, StreamConsumer } from '../../data-plane/main/data-plane.ts';
import type { StreamSnapshot } from '../../data-plane/main/stream.ts';
import type { StreamSettings } from '../../data-plane/protocol/messages.ts';
import type { ListenerEnd } from '../../data-plane/protocol/pool-commands.ts';
import { StdinPipe } from '../../data-plane/protocol/stdin-pipe.ts';
import { E, SyscallError } from '../../linux/errno.ts';
import { errno, libc } from '../../linux/libc.ts';
import { leavingDescriptors } from '../../linux/limits.ts';
import { closePipe, createPipe, duplicate, type Pipe } from '../../linux/pipe.ts';
import {
  beginSpawn,
  type ExtraDescriptor,
  type PendingSpawn,
  SpawnFailure,
  vacateSlots,
} from '../../linux/spawn.ts';
import type { ExitStatus } from '../../linux/wait.ts';
import type {
  Child,
  ChildConnections,
  ChildFactory,
  ChildPlan,
  ChildSnapshot,
  PendingChild,
  StreamName,
} from './child.ts';
import { ChildReadiness } from './child-readiness.ts';
import type { OnExit, Reaper } from './reaper.ts';
import { dispatcherFailure, SpawnError, spawnFailureText } from './spawn-error.ts';

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
      finish(onExit, beforeReap) {
        const pid = orFail(() => spawn.finish());
        const readiness = plan.readiness && new ChildReadiness(plan.readiness, pid);
        const streams = connectStreams(plan, pid, pipes, dataPlane, readiness);
        const child = new SpawnedChild(pid, connectStdin(pipes, dataPlane), streams, readiness);
        adopt(reaper, child, onExit, beforeReap);
        return child;
      },
    };
  }

  restore(snapshot: ChildSnapshot, connections: ChildConnections): Child {
    const { dataPlane, reaper } = this;
    const { pid, exit, stdin, awaitsReadiness } = snapshot;
    const { readiness: planned, onExit, beforeReap } = connections;
    const readiness = awaitsReadiness && planned ? new ChildReadiness(planned, pid) : null;
    const streams = reconnectStreams(snapshot, connections, dataPlane, readiness);
    const child = new SpawnedChild(pid, stdin && StdinPipe.restore(stdin, dataPlane), streams, readiness);
    if (exit === null) adopt(reaper, child, onExit, beforeReap);
    else {
      child.markReaped(exit);
      queueMicrotask(() => void onExit(exit));
    }
    return child;
  }
}

/**
 * Not a closure in `beginSpawn`, which would keep the plan with the whole environment alive for as long as the child runs.
 */
function adopt(reaper: Reaper, child: SpawnedChild, onExit: OnExit, beforeReap: () => void): void {
  const onReaped = (status: ExitStatus) => {
    child.markReaped(status);
    return onExit(status);
  };
  reaper.adopt(child.pid, { onExit: onReaped, beforeReap });
}

const streamNames: readonly StreamName[] = [...channels, 'ready'];

type Streams = Partial<Record<StreamName, Stream>>;

class SpawnedChild implements Child {
  /** Null until it was reaped. */
  #exit: ExitStatus | null = null;

  constructor(
    readonly pid: number,
    readonly stdin: StdinPipe | null,
    readonly streams: Readonly<Streams>,
    private readonly readiness: ChildReadiness | null,
  ) {}

  /** Call it when the child has been reaped: the kernel may reuse the pid from then on. */
  markReaped(exit: ExitStatus): void {
    this.#exit = exit;
    this.readiness?.reaped();
    vacateSlots();
    this.stdin?.close();
  }

  signal(number: number, target: 'process' | 'group'): number | null {
    if (this.#exit !== null) return null;
    if (libc.kill(target === 'group' ? -this.pid : this.pid, number) === 0) return null;
    const why = errno();
    return why === E.ESRCH ? null : why;
  }

  async drained(): Promise<void> {
    await Promise.all(Object.values(this.streams).map((stream) => stream.drained()));
    this.readiness?.close();
  }

  snapshot(): ChildSnapshot {
    const streams: Partial<Record<StreamName, StreamSnapshot>> = {};
    for (const name of streamNames) {
      const stream = this.streams[name];
      if (stream) streams[name] = stream.snapshot();
    }
    const stdin = this.stdin?.snapshot() ?? null;
    const awaitsReadiness = this.readiness !== null && !this.readiness.isDecided;
    return { pid: this.pid, exit: this.#exit, stdin, streams, awaitsReadiness };
  }
}

interface Pipes {
  readonly stdin?: Pipe;
  readonly stdout?: Pipe;
  readonly stderr?: Pipe;
  /** A duplicate of stdin's write end, which the worker owns. */
  readonly eventsFd?: number;
  /** Its write end becomes the descriptor by which the child shows that it is ready. */
  readonly ready?: Pipe;
}

function openPipes(plan: ChildPlan, dataPlane: DataPlane): Pipes {
  const opened: { -readonly [name in keyof Pipes]: Pipes[name] } = {};
  try {
    if (plan.stdinFd === null) opened.stdin = createPipe('write');
    if (plan.pool && opened.stdin) opened.eventsFd = duplicate(opened.stdin.writeFd);
    opened.stdout = createPipe('read');
    if (!plan.config.redirectStderr) opened.stderr = createPipe('read');
    if (plan.readiness?.by.kind === 'fd') {
      opened.ready = createPipe('read');
      dataPlane.prepare(null);
    }
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
  const extra = readyDescriptor(plan, pipes);
  const request = { path, argv, environment, stdio, extra, directory, umask, user, limits };
  return plan.cgroup?.beginSpawn(request, killascgroup) ?? beginSpawn({ ...request, cgroup: null });
}

function readyDescriptor({ readiness }: ChildPlan, { ready }: Pipes): ExtraDescriptor | null {
  if (readiness?.by.kind !== 'fd' || ready === undefined) return null;
  return { fd: ready.writeFd, target: readiness.by.fd };
}

function closePipes({ stdin, stdout, stderr, ready, eventsFd }: Pipes): void {
  for (const pipe of [stdin, stdout, stderr, ready]) if (pipe) closePipe(pipe);
  if (eventsFd !== undefined) libc.close(eventsFd);
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

function connectStreams(
  plan: ChildPlan,
  pid: number,
  pipes: Pipes,
  dataPlane: DataPlane,
  readiness: ChildReadiness | null,
): Streams {
  const streams: Streams = {};
  for (const channel of channels) {
    const pipe = pipes[channel];
    if (!pipe) continue;
    libc.close(pipe.writeFd);
    const { captureMaxBytes, lines } = plan.config[channel];
    const { prompt, syslogName, ...consumer } = plan.outputs[channel];
    const settings: StreamSettings = {
      ...{ fd: pipe.readFd, stripAnsi: plan.stripAnsi, prompt, syslogName },
      captureMaxBytes: consumer.onCapture ? captureMaxBytes : 0,
      lines: { style: lines, source: { process: plan.config.name, group: plan.group, channel, pid } },
      listener: channel === 'stdout' ? listenerEnd(plan, pipes) : null,
      awaits: readiness?.awaitedOutput ?? null,
    };
    const stream = dataPlane.attach(
      settings,
      { ...consumer, ...readiness?.outputConsumer },
      plan.logs[channel],
    );
    if (readiness?.awaitedOutput) readiness.awaiting(stream);
    streams[channel] = stream;
  }
  if (readiness && pipes.ready) streams.ready = connectReadyPipe(pipes.ready, dataPlane, readiness);
  return streams;
}

function reconnectStreams(
  { streams }: ChildSnapshot,
  { outputs }: ChildConnections,
  dataPlane: DataPlane,
  readiness: ChildReadiness | null,
): Streams {
  const connected: Streams = {};
  for (const name of streamNames) {
    const before = streams[name];
    if (!before) continue;
    const consumer =
      name === 'ready' ? readyConsumer(readiness) : { ...outputs[name], ...readiness?.outputConsumer };
    const stream = dataPlane.reconnect(before, consumer);
    if (name === 'ready' || readiness?.awaitedOutput) readiness?.awaiting(stream);
    connected[name] = stream;
  }
  return connected;
}

function connectReadyPipe(pipe: Pipe, dataPlane: DataPlane, readiness: ChildReadiness): Stream {
  libc.close(pipe.writeFd);
  const settings: StreamSettings = {
    ...{ fd: pipe.readFd, stripAnsi: false, prompt: false, syslogName: null, captureMaxBytes: 0 },
    ...{ lines: null, listener: null, awaits: { kind: 'newline' } },
  };
  const stream = dataPlane.attach(settings, readyConsumer(readiness), null);
  readiness.awaiting(stream);
  return stream;
}

function readyConsumer(readiness: ChildReadiness | null): StreamConsumer {
  return { onData: null, onCapture: null, ...readiness?.descriptorConsumer };
}

function listenerEnd({ pool, config }: ChildPlan, { eventsFd }: Pipes): ListenerEnd | null {
  if (pool === null || eventsFd === undefined) return null;
  return { pool: pool.number, listener: config.name, stdinFd: eventsFd };
}

/** Writes the failure to the program's stderr log as well, where its user looks first. */
function explain(error: unknown, plan: ChildPlan): unknown {
  if (!(error instanceof SpawnFailure)) return error;
  const what = spawnFailureText(error, plan);
  if (error.stage === 'fork') return new SpawnError(what);
  const log = plan.config.redirectStderr ? plan.logs.stdout : plan.logs.stderr;
  log?.write(`supervisor: ${what}\nsupervisor: child process was not spawned\n`);
  return new SpawnError(what);
}
