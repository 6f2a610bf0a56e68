// The data plane from the main thread: assigns logs to workers and dispatches the workers' events.
import { close, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Rotation } from '../../config/config.ts';
import { withTimeout } from '../../event-loop/with-timeout.ts';
import { E, SyscallError } from '../../linux/errno.ts';
import { currentUmask, ownDescriptorOf } from '../../linux/file.ts';
import { refusalOf } from '../../linux/guarded-file.ts';
import type { Sink } from '../../logs/sink.ts';
import type { FileFacts, StreamSettings } from '../protocol/messages.ts';
import type { WritableWatch } from '../protocol/stdin-pipe.ts';
import { DescriptorCallbacks } from './descriptor-callbacks.ts';
import { Log, type LogSnapshot } from './log.ts';
import { LogCompressor } from './log-compressor.ts';
import { PoolHandle, type PoolHandleSnapshot, type PoolSpec } from './pool-handle.ts';
import type { Stream, StreamSnapshot } from './stream.ts';
import {
  type PlaneEvent,
  type StreamConsumer,
  WorkerClient,
  type WorkerClientSnapshot,
} from './worker-client.ts';

export { Log, type Stream, type StreamConsumer };

export interface LogSpec {
  readonly path: string;
  readonly rotation: Rotation;
  /** Mode of a created file; by default 0666 masked by the umask. */
  readonly mode?: number;
  /** The uid of the program that writes the log, when it differs from the daemon's. */
  readonly writer?: number | null;
  /** The listener pool that reads the same stream, whose worker must have the log. */
  readonly pool?: PoolHandle | null;
}

/** Serialisable. Callbacks are not in it: those who wait for a descriptor or follow a log do it again. */
export interface DataPlaneSnapshot {
  readonly workers: readonly WorkerClientSnapshot[];
  /** The index of the worker of each file system. */
  readonly devices: readonly (readonly [device: number, worker: number])[];
  readonly directories: readonly (readonly [path: string, worker: number])[];
  readonly lastPool: number;
  readonly pools: readonly PoolHandleSnapshot[];
}

/** One worker per file system with logs; beyond this number they share the last one. */
const maxThreads = 8;
/** Timeout of a query about files on a disk not accessed before. */
const lookupTimeoutMs = 1000;
/** Stands for the file system of pipes without a log, of syslog and of the journal. */
const noDisk = -1;
const noRotation: Rotation = {
  maxBytes: 0,
  backups: 0,
  schedule: null,
  compression: null,
  maxAgeSeconds: null,
};

export class DataPlane implements WritableWatch {
  readonly #all: WorkerClient[] = [];
  readonly #threadOfDevice = new Map<number, WorkerClient>();
  /** A cache, so that a known directory needs no access to a disk that may stall. */
  readonly #threadOfDirectory = new Map<string, WorkerClient>();
  /** Lookups in progress, by directory. */
  readonly #lookups = new Map<string, Promise<void>>();
  readonly #writable = new DescriptorCallbacks();
  readonly #readable = new DescriptorCallbacks();
  readonly #pools = new Map<number, PoolHandle>();
  /** Those of a snapshot, until they are opened again. By name. */
  readonly #unclaimedPools = new Map<string, PoolHandleSnapshot>();
  #lastPool = 0;
  readonly #followers = new Map<string, Set<() => void>>();
  readonly #compressor: LogCompressor;

  private constructor(
    private readonly onTrouble: (message: string) => void,
    private readonly onDeath: (reason: string) => void,
  ) {
    this.#compressor = new LogCompressor(onTrouble);
  }

  /**
   * `onTrouble` gets one line when a problem with a log begins and one when it ends. `onDeath` gets the reason why a worker
   * has ended unexpectedly: logs on its file system are neither read nor written from then on.
   */
  static start(onTrouble: (message: string) => void, onDeath: (reason: string) => void): DataPlane {
    return new DataPlane(onTrouble, onDeath);
  }

  /**
   * Continues from a snapshot, with the descriptors in it. Throws SyscallError. Call `resume` once consumers and pools are
   * connected again: until then events wait.
   */
  static async restore(
    snapshot: DataPlaneSnapshot,
    onTrouble: (message: string) => void,
    onDeath: (reason: string) => void,
  ): Promise<DataPlane> {
    const plane = new DataPlane(onTrouble, onDeath);
    await plane.#restore(snapshot);
    return plane;
  }

  async #restore({ workers, devices, directories, lastPool, pools }: DataPlaneSnapshot): Promise<void> {
    const replies = workers.map((worker) => this.#newThread().restore(worker));
    for (const [device, worker] of devices) this.#threadOfDevice.set(device, this.#worker(worker));
    for (const [path, worker] of directories) this.#threadOfDirectory.set(path, this.#worker(worker));
    this.#lastPool = lastPool;
    for (const pool of pools) this.#unclaimedPools.set(pool.name, pool);
    const failure = (await Promise.all(replies)).find((errno) => errno !== 0);
    if (failure !== undefined) throw new SyscallError('restore', failure);
  }

  /**
   * Ends the workers as they are: nothing is read or written until a data plane is restored from the snapshot, here or
   * after an exec. Abandons compressions in progress. Null when a worker has exited unexpectedly.
   */
  async freeze(): Promise<DataPlaneSnapshot | null> {
    await this.#compressor.stop();
    const workers = await Promise.all(this.#all.map((thread) => thread.freeze()));
    if (!workers.every((worker) => worker !== null)) return null;
    return {
      workers,
      devices: [...this.#threadOfDevice].map(([device, { index }]) => [device, index]),
      directories: [...this.#threadOfDirectory].map(([path, { index }]) => [path, index]),
      lastPool: this.#lastPool,
      pools: [...this.#unclaimedPools.values(), ...this.#pools.values().map((pool) => pool.snapshot())],
    };
  }

  /** Delivers what has come since `restore`. */
  resume(): void {
    for (const thread of this.#all) thread.resume();
  }

  /** A log of a snapshot. */
  restoredLog({ worker, number, path }: LogSnapshot): Log {
    return new Log(number, path, this.#worker(worker));
  }

  /** A stream of a snapshot, which goes on to `consumer`. */
  reconnect({ worker, number }: StreamSnapshot, consumer: StreamConsumer): Stream {
    return this.#worker(worker).reconnect(number, consumer);
  }

  /**
   * Opens a log for appending and creates it; throws SyscallError. Created files get the umask of the main thread. A
   * stalled disk is no failure: writes wait for it in the worker.
   */
  openLog(spec: LogSpec): Log {
    return this.#openOn(spec.pool?.thread ?? this.#threadFor(resolve(spec.path)), spec);
  }

  /** Opens a log that is no file: syslog or the journal. */
  openSink(sink: Sink, pool: PoolHandle | null = null): Log {
    const thread = pool?.thread ?? this.#threadOn(noDisk);
    const log = thread.number();
    thread.send({ do: 'openSink', log, sink });
    return new Log(log, sink.kind, thread);
  }

  /**
   * Opens a pool of event listeners, or continues with the pool of this name in a snapshot. Open the logs of its listeners with this pool, so that one worker has them all. `log`
   * is the path of such a log, null when there is none.
   */
  openPool(spec: PoolSpec, log: string | null): PoolHandle {
    const before = this.#unclaimedPools.get(spec.name);
    if (before) return this.#restoredPool(spec, before);
    this.#lastPool += 1;
    const thread = log === null ? this.#threadOn(noDisk) : this.#threadFor(resolve(log));
    const pool = this.#pool(this.#lastPool, spec, thread);
    pool.open();
    return pool;
  }

  #restoredPool(spec: PoolSpec, before: PoolHandleSnapshot): PoolHandle {
    this.#unclaimedPools.delete(spec.name);
    const pool = this.#pool(before.number, spec, this.#worker(before.worker));
    pool.restore(before, before.output && this.restoredLog(before.output));
    return pool;
  }

  #pool(number: number, spec: PoolSpec, thread: WorkerClient): PoolHandle {
    const pool = new PoolHandle(number, spec, thread, () => this.#openStdout(thread, spec.name));
    this.#pools.set(number, pool);
    return pool;
  }

  /** Grows the descriptor table for `count` descriptors in advance, in a worker. */
  expectDescriptors(count: number): void {
    this.#all[0]?.send({ do: 'expectDescriptors', count });
  }

  /** Starts the worker that `attach` needs, so that a failure precedes the spawn. Throws SyscallError. */
  prepare(log: Log | null): void {
    if (log === null) this.#threadOn(noDisk);
  }

  attach(settings: StreamSettings, consumer: StreamConsumer, log: Log | null): Stream {
    const pool = settings.listener && this.#pools.get(settings.listener.pool);
    const thread = log?.thread ?? pool?.thread ?? this.#threadOn(noDisk);
    return thread.attach(settings, consumer, log?.number ?? null);
  }

  /** Calls back once when `fd`, a non-blocking write end, is writable or its reader is gone. */
  whenWritable(fd: number, callback: () => void): void {
    const watch = this.#writable.add(fd, callback);
    this.#threadOn(noDisk).send({ do: 'watchWritable', fd, watch });
  }

  /** Must precede close(fd). */
  forgetWritable(fd: number): void {
    if (this.#writable.remove(fd)) this.#threadOn(noDisk).send({ do: 'forgetWritable', fd });
  }

  /**
   * Calls back once when `fd`, which the caller reads without blocking, is readable. It may not be: the caller watches it
   * again then.
   */
  whenReadable(fd: number, callback: () => void): void {
    const watch = this.#readable.add(fd, callback);
    this.#threadOn(noDisk).send({ do: 'watchReadable', fd, watch });
  }

  /** Must precede close(fd). */
  forgetReadable(fd: number): void {
    if (this.#readable.remove(fd)) this.#threadOn(noDisk).send({ do: 'forgetReadable', fd });
  }

  /**
   * Calls back after the daemon has appended to, rotated or cleared the log at `path`; changes are coalesced. Returns
   * unsubscribe.
   */
  watchLog(path: string, callback: () => void): () => void {
    const absolute = resolve(path);
    const thread = this.#threadFor(absolute);
    const known = this.#followers.get(absolute);
    const followers = known ?? new Set();
    followers.add(callback);
    if (!known) {
      this.#followers.set(absolute, followers);
      thread.send({ do: 'watchLog', path: absolute });
    }
    return () => {
      if (!followers.delete(callback) || followers.size > 0) return;
      this.#followers.delete(absolute);
      thread.send({ do: 'forgetLog', path: absolute });
    };
  }

  /**
   * The facts about each of `paths`, in order, read by the workers of their file systems: null unless it is a regular file
   * whose disk replies within a second.
   */
  async filesAt(paths: readonly string[]): Promise<readonly FileFacts[]> {
    const unknown = new Set(
      paths.filter((path) => !this.#isKnown(path)).map((path) => dirname(resolve(path))),
    );
    if (unknown.size > 0) {
      await withTimeout(
        Promise.all([...unknown].map((directory) => this.#lookUp(directory))),
        lookupTimeoutMs,
      );
    }
    const known = paths.filter((path) => this.#isKnown(path));
    const byThread = Map.groupBy(known, (path) => this.#threadFor(resolve(path)));
    const found = new Map<string, FileFacts>();
    const queries = [...byThread].map(async ([thread, theirs]) => {
      const files = await thread.filesAt(theirs);
      for (const [index, path] of theirs.entries()) found.set(path, files[index] ?? null);
    });
    await Promise.all(queries);
    return paths.map((path) => found.get(path) ?? null);
  }

  /** Whether every worker replies to a ping within `ms`, or is blocked by a stalled disk. */
  async isAlive(ms: number): Promise<boolean> {
    const answers = await Promise.all(this.#all.map((thread) => thread.isAlive(ms)));
    return answers.every((alive) => alive);
  }

  /** Collects garbage in the workers, each of which has a heap of its own. */
  async collectGarbage(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.ask({ do: 'collectGarbage' })));
  }

  /** Flushes, then stops the workers. A compression in progress is abandoned. */
  async stop(): Promise<void> {
    await this.#compressor.stop();
    await Promise.all(this.#all.map((thread) => thread.stop()));
  }

  #openOn(thread: WorkerClient, { path, rotation, mode, writer = null }: LogSpec): Log {
    const log = thread.number();
    const permissions = mode ?? 0o666 & ~currentUmask();
    const errno = thread.openLog({ log, path: resolve(path), mode: permissions, writer, rotation });
    if (errno === 0) return new Log(log, path, thread);
    throw (errno === E.EACCES && refusalOf(resolve(path), writer)) || new SyscallError('open', errno, path);
  }

  /** For a pool's result handler that prints. Best effort: the pool also works without it. */
  #openStdout(thread: WorkerClient, pool: string): Log | null {
    try {
      return this.#openOn(thread, { path: '/dev/stdout', rotation: noRotation });
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      this.onTrouble(`pool ${pool} cannot print what its listeners answer: ${error.message}`);
      return null;
    }
  }

  #threadFor(path: string): WorkerClient {
    // Devices never stall, so any worker will do.
    if (isDevice(path)) return this.#all[0] ?? this.#threadOn(noDisk);
    const directory = dirname(path);
    const known = this.#threadOfDirectory.get(directory);
    if (known) return known;
    const device = deviceOf(directory);
    const thread = this.#threadOn(device ?? noDisk);
    if (device !== null) this.#threadOfDirectory.set(directory, thread);
    return thread;
  }

  /** Whether its worker is known without access to a disk. */
  #isKnown(path: string): boolean {
    return isDevice(path) || this.#threadOfDirectory.has(dirname(resolve(path)));
  }

  /** Finds the worker of a directory with an asynchronous stat(2), which may stall without blocking the main thread. */
  #lookUp(directory: string): Promise<void> {
    const learning = this.#lookups.get(directory) ?? this.#threadByDisk(directory);
    this.#lookups.set(directory, learning);
    return learning;
  }

  async #threadByDisk(directory: string): Promise<void> {
    try {
      const { dev } = await stat(directory);
      this.#threadOfDirectory.set(directory, this.#threadOn(dev));
    } catch {
      // The directory is missing, or descriptors ran out: the next query tries again.
    } finally {
      this.#lookups.delete(directory);
    }
  }

  #threadOn(device: number): WorkerClient {
    const known = this.#threadOfDevice.get(device);
    if (known) return known;
    const thread = (this.#all.length === maxThreads ? this.#all.at(-1) : undefined) ?? this.#newThread();
    this.#threadOfDevice.set(device, thread);
    return thread;
  }

  #newThread(): WorkerClient {
    const onEvent = (report: PlaneEvent) => this.#onEvent(thread, report);
    const thread = new WorkerClient(this.#all.length, onEvent, this.onTrouble, this.onDeath);
    this.#all.push(thread);
    return thread;
  }

  /** Throws RangeError when the snapshot has none with this index. */
  #worker(index: number): WorkerClient {
    const worker = this.#all[index];
    if (!worker) throw new RangeError(`the snapshot has no worker ${index}`);
    return worker;
  }

  #onEvent(thread: WorkerClient, report: PlaneEvent): void {
    switch (report.is) {
      case 'poolLog':
      case 'eventsTaken':
        this.#pools.get(report.pool)?.onEvent(report);
        return;
      case 'poolClosed':
        this.#pools.delete(report.pool);
        return;
      case 'writable':
        return this.#writable.ready(report.fd, report.watch);
      case 'readable':
        return this.#readable.ready(report.fd, report.watch);
      case 'logChanged':
        this.#logChanged(thread, report.path);
        return;
      case 'rotated':
        this.#compressor.compress({ ...report, thread });
        return;
      case 'discarded':
        // In the runtime's thread pool: closing the last descriptor of a removed file waits for its write-back.
        close(report.fd);
        return;
      case 'trouble':
        this.onTrouble(report.message);
    }
  }

  /** Subscribes to the next change first, so that a change while the followers read is not missed. */
  #logChanged(thread: WorkerClient, path: string): void {
    const followers = this.#followers.get(path);
    if (!followers) return;
    thread.send({ do: 'watchLog', path });
    for (const callback of followers) callback();
  }
}

/** Devices and own descriptors are on no disk that may stall. */
function isDevice(path: string): boolean {
  return path.startsWith('/dev/') || ownDescriptorOf(path) !== null;
}

/** Null for a missing directory, which may be created on any file system. */
function deviceOf(directory: string): number | null {
  try {
    return statSync(directory).dev;
  } catch {
    return null;
  }
}
