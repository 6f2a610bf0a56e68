// A child process as its supervisor sees it: what to spawn, and what can be done with it. Real ones: spawned-children.ts.
import type { Channel } from '../../config/channel.ts';
import type { ProcessConfig } from '../../config/config.ts';
import type { Readiness } from '../../config/values/readiness.ts';
import type { Log, StreamConsumer } from '../../data-plane/main/data-plane.ts';
import type { PoolHandle } from '../../data-plane/main/pool-handle.ts';
import type { StreamSnapshot } from '../../data-plane/main/stream.ts';
import type { StreamSettings } from '../../data-plane/protocol/messages.ts';
import type { StdinPipe, StdinPipeSnapshot } from '../../data-plane/protocol/stdin-pipe.ts';
import type { ProgramLimits } from '../../linux/program-limits.ts';
import type { ExitStatus } from '../../linux/wait.ts';
import type { ResolvedCommand } from './command.ts';
import type { ProgramCgroup } from './program-cgroups.ts';
import type { OnExit } from './reaper.ts';

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
  /** How it shows that it is ready, if by a descriptor or its output. */
  readonly readiness: PlannedReadiness | null;
  readonly outputs: Readonly<Record<Channel, OutputConsumer>>;
}

/** Readiness that the data plane watches for. At most one of the callbacks is called, once. */
export interface PlannedReadiness {
  readonly by: Extract<Readiness, { kind: 'fd' | 'log' }>;
  readonly onReady: () => void;
  /** It never will be ready. */
  readonly onNever: (reason: string) => void;
}

/** What is done with the output of a channel besides logging it. */
export type OutputConsumer = StreamConsumer & Pick<StreamSettings, 'prompt' | 'syslogName'>;

/** Spawns children. A seam for unit tests. */
export interface ChildFactory {
  /** Throws SpawnError or SyscallError, with every descriptor closed again. */
  beginSpawn(plan: ChildPlan): PendingChild;
  /** Continues with a child of a snapshot, whose descriptors it owns from then on. */
  restore(snapshot: ChildSnapshot, connections: ChildConnections): Child;
}

/** What a restored child is connected to. */
export interface ChildConnections {
  readonly outputs: Readonly<Record<Channel, StreamConsumer>>;
  readonly readiness: PlannedReadiness | null;
  /** As in PendingChild; never called before `restore` has returned. */
  readonly onExit: OnExit;
  readonly beforeReap: () => void;
}

/** Serialisable. */
export interface ChildSnapshot {
  readonly pid: number;
  /** How it exited: it was reaped, but its output is not drained yet. */
  readonly exit: ExitStatus | null;
  /** Null when its stdin is no pipe, or closed. */
  readonly stdin: StdinPipeSnapshot | null;
  readonly streams: Readonly<Partial<Record<StreamName, StreamSnapshot>>>;
  /** Whether its descriptor or its output may still show that it is ready. */
  readonly awaitsReadiness: boolean;
}

/** `ready`: the descriptor by which it shows that it is ready. */
export type StreamName = Channel | 'ready';

/** A child that may not have reached execve(2) yet. */
export interface PendingChild {
  /**
   * Waits for execve(2). Call it once, in the turn of the event loop of `beginSpawn`. `onExit` is called when the child
   * has been reaped; `beforeReap` before that, while its pid is still its own. Throws like `beginSpawn`.
   */
  finish(onExit: OnExit, beforeReap: () => void): Child;
}

export interface Child {
  readonly pid: number;
  /** The write end of its stdin pipe; null when its stdin is no pipe. */
  readonly stdin: Pick<StdinPipe, 'write'> | null;
  /** Signals the child, or its process group. Returns the errno of a failure, else null; ESRCH is no failure. */
  signal(number: number, target: 'process' | 'group'): number | null;
  /** Resolves when its output is in its logs and was delivered to its consumer. */
  drained(): Promise<void>;
  snapshot(): ChildSnapshot;
}
