// The main thread's side of the data plane: which thread a log belongs to, and who hears what they report.
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
import { Log } from './log.ts';
import { LogCompressor } from './log-compressor.ts';
import { PoolHandle, type PoolSpec } from './pool-handle.ts';
import { type PlaneEvent, type Stream, type StreamConsumer, WorkerClient } from './worker-client.ts';

export { Log, type Stream, type StreamConsumer };

export interface LogSpec {
  readonly path: string;
  readonly rotation: Rotation;
  /** Of a file that is created; else what the umask leaves. */
  readonly mode?: number;
  /** The uid of the program that writes there, when it has one of its own. */
  readonly writer?: number | null;
  /** The pool that reads what is logged there. */
  readonly pool?: PoolHandle | null;
}

/** A thread for each file system that logs are on; further ones share the last. */
const maxThreads = 8;
/** For how long those who ask about files wait for a disk that nobody has asked yet. */
const learnLimitMs = 1000;
/** In the place of a file system: pipes without a log, syslog and the journal. */
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
  /** Where it is known once, the disk is not asked again: it may not answer. */
  readonly #threadOfDirectory = new Map<string, WorkerClient>();
  /** Directories whose disk is being asked. */
  readonly #learning = new Map<string, Promise<void>>();
  readonly #writable = new Map<number, () => void>();
  readonly #pools = new Map<number, PoolHandle>();
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
   * `onTrouble` hears what went wrong with a log, in one line each, the first and the last time. `onDeath` hears why a
   * thread has ended by itself: what is on its file system is neither read nor written any more.
   */
  static start(onTrouble: (message: string) => void, onDeath: (reason: string) => void): DataPlane {
    return new DataPlane(onTrouble, onDeath);
  }

  /**
   * Opens for appending, creating it: failure is a SyscallError here. Files that are created have the permissions that
   * this thread's umask gives now. A disk that does not answer is no failure: what is written waits for it.
   */
  openLog(spec: LogSpec): Log {
    return this.#openOn(spec.pool?.thread ?? this.#threadFor(resolve(spec.path)), spec);
  }

  /** A log that is no file. */
  openSink(sink: Sink, pool: PoolHandle | null = null): Log {
    const thread = pool?.thread ?? this.#threadOn(noDisk);
    const log = thread.number();
    thread.send({ do: 'openSink', log, sink });
    return new Log(log, sink.kind, thread);
  }

  /**
   * A pool of event listeners, to which streams may be attached; their logs must be opened for it. `log` is the path of
   * such a log, null when there is none.
   */
  openPool(spec: PoolSpec, log: string | null): PoolHandle {
    this.#lastPool += 1;
    const thread = log === null ? this.#threadOn(noDisk) : this.#threadFor(resolve(log));
    const openOutput = () => this.#openStdout(thread, spec.name);
    const pool = new PoolHandle(this.#lastPool, spec, thread, openOutput);
    this.#pools.set(pool.number, pool);
    return pool;
  }

  /** So many will be open at once: room for them is made while this thread does other things. */
  expectDescriptors(count: number): void {
    this.#all[0]?.send({ do: 'expectDescriptors', count });
  }

  /** What `attach` needs for a stream of `log`: to be refused, if at all, before its program runs. Throws SyscallError. */
  prepare(log: Log | null): void {
    if (log === null) this.#threadOn(noDisk);
  }

  attach(settings: StreamSettings, consumer: StreamConsumer, log: Log | null): Stream {
    const pool = settings.listener && this.#pools.get(settings.listener.pool);
    const thread = log?.thread ?? pool?.thread ?? this.#threadOn(noDisk);
    return thread.attach(settings, consumer, log?.number ?? null);
  }

  /** Calls back once when `fd`, a non-blocking write end, can be written or its reader is gone. */
  whenWritable(fd: number, callback: () => void): void {
    this.#writable.set(fd, callback);
    this.#threadOn(noDisk).send({ do: 'watchWritable', fd });
  }

  /** Must precede close(fd). */
  forgetWritable(fd: number): void {
    if (this.#writable.delete(fd)) this.#threadOn(noDisk).send({ do: 'forgetWritable', fd });
  }

  /**
   * Calls back after bytes were added to the log at `path`, or it was rotated or emptied by us; many changes may be
   * one call. Returns what ends that.
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
   * What is at each of `paths`, in their order, as the threads of their file systems find it: null for what is no regular
   * file, and for what a disk does not tell within a second.
   */
  async filesAt(paths: readonly string[]): Promise<readonly FileFacts[]> {
    const unknown = new Set(
      paths.filter((path) => !this.#isKnown(path)).map((path) => dirname(resolve(path))),
    );
    if (unknown.size > 0) {
      await withTimeout(Promise.all([...unknown].map((directory) => this.#learn(directory))), learnLimitMs);
    }
    const known = paths.filter((path) => this.#isKnown(path));
    const byThread = Map.groupBy(known, (path) => this.#threadFor(resolve(path)));
    const found = new Map<string, FileFacts>();
    const looks = [...byThread].map(async ([thread, theirs]) => {
      const files = await thread.filesAt(theirs);
      for (const [index, path] of theirs.entries()) found.set(path, files[index] ?? null);
    });
    await Promise.all(looks);
    return paths.map((path) => found.get(path) ?? null);
  }

  /** Whether every thread looks at its commands within `ms`, or has a disk to wait for. */
  async isAlive(ms: number): Promise<boolean> {
    const answers = await Promise.all(this.#all.map((thread) => thread.isAlive(ms)));
    return answers.every((alive) => alive);
  }

  /** Writes everything handed over so far, then ends the threads. An old log that is being compressed stays as it is. */
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

  /** For what a pool prints. A pool whose output cannot be opened goes on without it. */
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
    // Whichever there is will do.
    if (isDevice(path)) return this.#all[0] ?? this.#threadOn(noDisk);
    const directory = dirname(path);
    const known = this.#threadOfDirectory.get(directory);
    if (known) return known;
    const device = deviceOf(directory);
    const thread = this.#threadOn(device ?? noDisk);
    if (device !== null) this.#threadOfDirectory.set(directory, thread);
    return thread;
  }

  /** Whether no disk has to be asked whose thread that is. */
  #isKnown(path: string): boolean {
    return isDevice(path) || this.#threadOfDirectory.has(dirname(resolve(path)));
  }

  /** Finds the thread of a directory, which may take as long as the disk likes, but not this thread's time. */
  #learn(directory: string): Promise<void> {
    const learning = this.#learning.get(directory) ?? this.#threadByDisk(directory);
    this.#learning.set(directory, learning);
    return learning;
  }

  async #threadByDisk(directory: string): Promise<void> {
    try {
      const { dev } = await stat(directory);
      this.#threadOfDirectory.set(directory, this.#threadOn(dev));
    } catch {
      // It is missing, or there are no descriptors for a thread: who asks next may be luckier.
    } finally {
      this.#learning.delete(directory);
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
    const thread = new WorkerClient((report) => this.#hear(thread, report), this.onTrouble, this.onDeath);
    this.#all.push(thread);
    return thread;
  }

  #hear(thread: WorkerClient, report: PlaneEvent): void {
    switch (report.is) {
      case 'poolLog':
      case 'eventsTaken':
        this.#pools.get(report.pool)?.hear(report);
        return;
      case 'poolClosed':
        this.#pools.delete(report.pool);
        return;
      case 'writable': {
        const callback = this.#writable.get(report.fd);
        this.#writable.delete(report.fd);
        callback?.();
        return;
      }
      case 'logChanged':
        this.#logChanged(thread, report.path);
        return;
      case 'rotated':
        this.#compressor.compress({ ...report, thread });
        return;
      case 'discarded':
        // In the runtime's thread pool: freeing a file waits for what of it is on its way to the disk.
        close(report.fd);
        return;
      case 'trouble':
        this.onTrouble(report.message);
    }
  }

  /** Asks for the next change first: what comes while the followers read is told again. */
  #logChanged(thread: WorkerClient, path: string): void {
    const followers = this.#followers.get(path);
    if (!followers) return;
    thread.send({ do: 'watchLog', path });
    for (const callback of followers) callback();
  }
}

/** These never keep a thread waiting. */
function isDevice(path: string): boolean {
  return path.startsWith('/dev/') || ownDescriptorOf(path) !== null;
}

/** Null for a directory that is missing: it may come to be on any. */
function deviceOf(directory: string): number | null {
  try {
    return statSync(directory).dev;
  } catch {
    return null;
  }
}
