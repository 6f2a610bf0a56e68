// The main thread's side of one worker: commands, requests and replies, events, stalled disks, unexpected exit.
import { withTimeout } from '../../event-loop/with-timeout.ts';
import { checked, E, SyscallError } from '../../linux/errno.ts';
import { openAppendCached, ownDescriptorOf } from '../../linux/file.ts';
import { forStderr } from '../../linux/journal-stream.ts';
import { libc, ptr } from '../../linux/libc.ts';
import { duplicate } from '../../linux/pipe.ts';
import type { CompressedCopy } from '../../logs/compressed-copy.ts';
import type { Command, FileFacts, StreamSettings, WorkerEvent, WorkerStart } from '../protocol/messages.ts';
import { SharedIoState } from '../protocol/shared-io-state.ts';
import type { WorkerSnapshot } from '../protocol/snapshots.ts';
import { DiskStallMonitor, slowDiskMs } from './disk-stall-monitor.ts';
import { Stream } from './stream.ts';

type WithoutRequest<C> = C extends { readonly request: number } ? Omit<C, 'request'> : never;
/** A command with a reply. */
export type RequestCommand = WithoutRequest<Command>;

/** Consumes the bytes of a stream on the main thread, besides the log. */
export interface StreamConsumer {
  /** Every chunk that is logged or captured. */
  readonly onData: ((chunk: Uint8Array) => void) | null;
  readonly onCapture: ((data: Uint8Array) => void) | null;
  /** It has brought what it awaits. */
  readonly onMatch?: () => void;
  /** It has ended: end of file, or a newline that it awaited. */
  readonly onEnd?: () => void;
}

type OpenLog = Extract<Command, { do: 'openLog' }>;
/** Events that concern more than one stream or request. */
export type PlaneEvent = Exclude<
  WorkerEvent,
  {
    is:
      | 'data'
      | 'captured'
      | 'matched'
      | 'ended'
      | 'done'
      | 'files'
      | 'copyBegun'
      | 'frozen'
      | 'active'
      | 'failed';
  }
>;

/** Serialisable. Requests are not in it: they have their replies before. */
export interface WorkerClientSnapshot {
  readonly lastNumber: number;
  readonly worker: WorkerSnapshot;
}

/** Of a stream until its consumer has reconnected, and of one whose consumer is gone. */
const noConsumer: StreamConsumer = { onData: null, onCapture: null };

const EFD_CLOEXEC = 0o2000000;
/** Timeout of a drain: a stalled disk must not delay the exit of a process without end. */
const drainLimitMs = 2000;
/** Bounds how long the main thread blocks to open a log. */
const openLimitMs = 1000;
/** Timeout of a query about files. */
const filesLimitMs = 1000;
/** Poll interval for a stall while stopping. */
const pollIntervalMs = 250;
/** Timeout for the exit of a stopped thread. */
const endLimitMs = 1000;
/** Longer than the timeout of a blocked reader (FIFO, terminal). */
const stopLimitMs = 12_000;
/** Descriptors of a worker's runtime and its two epoll instances, with some to spare. */
const workerDescriptors = 8;
/** Bound on the daemon's own lines that are buffered during a stall. */
const maxKeptBytes = 4 * 1024 * 1024;
/** Acknowledged in steps: a command and a wake-up per chunk would cost more than the chunk. */
const consumedStepBytes = 64 * 1024;

export class WorkerClient {
  readonly #port: MessagePort;
  readonly #wakeFd = checked(libc.eventfd(0, EFD_CLOEXEC), 'eventfd');
  readonly #worker: Worker;
  readonly #disk = new SharedIoState();
  readonly #stallMonitor: DiskStallMonitor;
  readonly #streams = new Map<number, StreamConsumer>();
  readonly #requests = new Map<number, (errno: number) => void>();
  readonly #queries = new Map<number, (files: readonly FileFacts[]) => void>();
  readonly #copies = new Map<number, (copy: CompressedCopy | number | null) => void>();
  readonly #increment = new BigUint64Array([1n]);
  /** Events between `restore` and `resume`; null afterwards. */
  #held: WorkerEvent[] | null = null;
  #onFrozen: ((snapshot: WorkerSnapshot | null) => void) | null = null;
  #lastNumber = 0;
  #commands: Command[] = [];
  #consumedBytes = 0;
  #keptBytes = 0;
  readonly #exited = Promise.withResolvers<void>();
  /** The worker has exited: every request fails. */
  #dead = false;
  #stopping = false;

  /**
   * `onTrouble` gets a line when a disk stalls and when it recovers. `onDeath` is called once, with the reason, when the
   * worker exits unexpectedly; from then on requests fail with EIO and commands are dropped. Throws SyscallError when
   * descriptors or threads run out.
   */
  constructor(
    /** Its position among the workers of the data plane, which names it in snapshots. */
    readonly index: number,
    private readonly onReport: (report: PlaneEvent) => void,
    onTrouble: (message: string) => void,
    private readonly onDeath: (reason: string) => void,
  ) {
    this.#stallMonitor = new DiskStallMonitor(this.#disk, onTrouble);
    needDescriptors(workerDescriptors, this.#wakeFd);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    try {
      // Not the one of node:worker_threads: it creates streams that take 2 MB of memory.
      this.#worker = new Worker(workerModule());
    } catch {
      // The runtime gives no reason; out of threads is the only known one.
      port1.close();
      libc.close(this.#wakeFd);
      throw new SyscallError('pthread_create', E.EAGAIN);
    }
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerEvent[]>) => this.#onEvents(data);
    this.#worker.onerror = ({ message }) => this.#die(message);
    this.#worker.addEventListener('close', ({ code }) => {
      this.#die(`exit status ${code}`);
      this.#exited.resolve();
    });
    const start: WorkerStart = { port: port2, wakeFd: this.#wakeFd, disk: this.#disk.memory };
    this.#worker.postMessage(start, [port2]);
  }

  /**
   * Opens a log and creates it; returns the errno, or 0. A cached path is opened here, which cannot stall. Otherwise blocks
   * until the worker has opened it, for at most a second, and not at all while its disk stalls; then the worker opens it
   * later and writes wait.
   */
  openLog(wanted: Omit<OpenLog, 'do' | 'fd'>): number {
    if (this.#dead) return E.EIO;
    const { log, path, writer } = wanted;
    const fd = ownDescriptorOf(path) === null ? openAppendCached(path, writer) : null;
    const command: Command = { do: 'openLog', fd, ...wanted };
    if (fd !== null || (this.#disk.waitingMs ?? 0) > openLimitMs) {
      this.send(command);
      return 0;
    }
    this.#disk.expect(log);
    this.send(command);
    this.#post();
    return this.#disk.opened(log, openLimitMs) ?? 0;
  }

  /** During a stall a bounded amount is buffered; the rest is dropped and counted. */
  write(log: number, data: string | Uint8Array): void {
    if ((this.#disk.waitingMs ?? 0) > openLimitMs) this.#keptBytes += data.length;
    else this.#keptBytes = 0;
    if (this.#keptBytes <= maxKeptBytes) this.send({ do: 'write', log, data });
    else this.#stallMonitor.dropped(data.length);
  }

  attach(settings: StreamSettings, consumer: StreamConsumer, log: number | null): Stream {
    const stream = this.number();
    if (this.#dead) libc.close(settings.fd);
    else this.#streams.set(stream, consumer);
    this.send({ do: 'attach', stream, log, forward: consumer.onData !== null, settings });
    return new Stream(stream, this);
  }

  /**
   * Ends the worker as it is, with all its descriptors open, for another one that continues: nothing is read or written
   * until then. Null when the worker has exited unexpectedly. A disk that stalls delays it.
   */
  async freeze(): Promise<WorkerClientSnapshot | null> {
    if (this.#dead) return null;
    this.#stopping = true;
    const { promise, resolve } = Promise.withResolvers<WorkerSnapshot | null>();
    this.#onFrozen = resolve;
    this.send({ do: 'freeze' });
    const worker = await promise;
    await withTimeout(this.#exited.promise, endLimitMs);
    this.#close();
    return worker && { lastNumber: this.#lastNumber, worker };
  }

  /** Continues from a snapshot, before any other command. Events wait for `resume`. Returns the errno, or 0. */
  restore({ lastNumber, worker: snapshot }: WorkerClientSnapshot): Promise<number> {
    this.#lastNumber = lastNumber;
    this.#held = [];
    for (const { stream } of snapshot.streams) this.#streams.set(stream, noConsumer);
    return this.ask({ do: 'restore', snapshot });
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = null;
    this.#onEvents(held);
  }

  /** Gives a stream of a snapshot its consumer again; one that has ended meanwhile needs none. */
  reconnect(stream: number, consumer: StreamConsumer): Stream {
    if (this.#streams.has(stream)) this.#streams.set(stream, consumer);
    return new Stream(stream, this);
  }

  /** Resolves when the stream is drained, or after a timeout. */
  async drain(stream: number): Promise<void> {
    if (this.#streams.has(stream)) await withTimeout(this.ask({ do: 'drain', stream }), drainLimitMs);
  }

  /** The facts about each of `paths`; null also when the disk does not reply within a second. */
  async filesAt(paths: readonly string[]): Promise<readonly FileFacts[]> {
    const unknown = paths.map(() => null);
    if (this.#dead || (this.#disk.waitingMs ?? 0) > filesLimitMs) return unknown;
    const query = this.number();
    const { promise, resolve } = Promise.withResolvers<readonly FileFacts[]>();
    this.#queries.set(query, resolve);
    const timer = setTimeout(resolve, filesLimitMs, unknown);
    this.send({ do: 'statFiles', paths, query });
    const files = await promise;
    clearTimeout(timer);
    this.#queries.delete(query);
    return files;
  }

  /** Opens the oldest uncompressed backup of the log at `path` and a copy: null when there is none, or the errno. */
  beginCopy(path: string, backups: number, writer: number | null): Promise<CompressedCopy | number | null> {
    if (this.#dead) return Promise.resolve(E.EIO);
    const query = this.number();
    const { promise, resolve } = Promise.withResolvers<CompressedCopy | number | null>();
    this.#copies.set(query, resolve);
    this.send({ do: 'beginCopy', path, backups, writer, query });
    return promise;
  }

  /** Whether it replies to a ping within `ms` or is blocked by a disk. True at once for one that has exited. */
  async isAlive(ms: number): Promise<boolean> {
    return (await withTimeout(this.ask({ do: 'ping' }), ms)) || this.#disk.waitingMs !== null;
  }

  /** Flushes and stops the worker; gives up on a disk that stalls. */
  async stop(): Promise<void> {
    if (this.#dead) return;
    this.#stopping = true;
    const ended = this.ask({ do: 'flush' }).then(() => this.ask({ do: 'stop' }));
    const isEnded = await this.#endsInTime(ended);
    this.#stallMonitor.forget();
    if (!isEnded) {
      const loss = `tsupervisor: ${this.#disk.path} does not answer: what was to be written there is lost`;
      console.error(forStderr(loss, 'critical'));
      return;
    }
    // Not terminate(): the runtime needs another thread for it and aborts when it cannot create one.
    await withTimeout(this.#exited.promise, endLimitMs);
    this.#close();
  }

  /** Sends a command and resolves with the errno of its reply. */
  ask(command: RequestCommand): Promise<number> {
    if (this.#dead) return Promise.resolve(E.EIO);
    const request = this.number();
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#requests.set(request, resolve);
    this.send({ ...command, request });
    return promise;
  }

  /** Queues a command. All commands of a turn of the event loop are one message and one wake-up. */
  send(command: Command): void {
    if (this.#dead) return;
    this.#commands.push(command);
    if (this.#commands.length === 1) queueMicrotask(() => this.#post());
  }

  /** A number for a log, a stream or a request. */
  number(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #post(): void {
    if (this.#commands.length === 0) return;
    this.#port.postMessage(this.#commands);
    this.#commands = [];
    libc.write(this.#wakeFd, ptr(this.#increment), 8n);
  }

  /** Fails all pending requests; an exit after `stop` is not reported. */
  #die(reason: string): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#stallMonitor.forget();
    for (const resolve of this.#requests.values()) resolve(E.EIO);
    this.#requests.clear();
    for (const resolve of this.#copies.values()) resolve(E.EIO);
    this.#copies.clear();
    this.#streams.clear();
    this.#onFrozen?.(null);
    if (!this.#stopping) this.onDeath(reason);
  }

  async #endsInTime(ended: Promise<unknown>): Promise<boolean> {
    const deadline = performance.now() + stopLimitMs;
    while (performance.now() < deadline && (this.#disk.waitingMs ?? 0) < slowDiskMs) {
      if (await withTimeout(ended, pollIntervalMs)) return true;
    }
    return false;
  }

  #close(): void {
    this.#stallMonitor.forget();
    this.#port.close();
    libc.close(this.#wakeFd);
  }

  #onEvents(reports: readonly WorkerEvent[]): void {
    if (this.#held) {
      for (const report of reports) if (report.is === 'done') this.#onEvent(report);
      this.#held.push(...reports.filter(({ is }) => is !== 'done'));
      return;
    }
    for (const report of reports) {
      if (report.is === 'data') this.#consumedBytes += report.bytes.length;
      this.#onEvent(report);
    }
    if (this.#consumedBytes < consumedStepBytes) return;
    this.send({ do: 'consumed', bytes: this.#consumedBytes });
    this.#consumedBytes = 0;
  }

  #onEvent(report: WorkerEvent): void {
    switch (report.is) {
      case 'data':
        this.#streams.get(report.stream)?.onData?.(report.bytes);
        return;
      case 'captured':
        this.#streams.get(report.stream)?.onCapture?.(report.bytes);
        return;
      case 'matched':
        this.#streams.get(report.stream)?.onMatch?.();
        return;
      case 'ended':
        this.#streams.get(report.stream)?.onEnd?.();
        this.#streams.delete(report.stream);
        return;
      case 'done':
        this.#requests.get(report.request)?.(report.errno);
        this.#requests.delete(report.request);
        return;
      case 'files':
        this.#queries.get(report.query)?.(report.files);
        return;
      case 'copyBegun':
        this.#copies.get(report.query)?.(report.copy);
        this.#copies.delete(report.query);
        return;
      case 'frozen':
        this.#onFrozen?.(report.snapshot);
        return;
      case 'failed':
        this.#die(report.reason);
        return;
      case 'active':
        this.#stallMonitor.onActive();
        return;
      default:
        this.onReport(report);
    }
  }
}

/**
 * Throws SyscallError, having closed `wakeFd`, when fewer are free: a worker that lacks one aborts the whole process.
 */
function needDescriptors(count: number, wakeFd: number): void {
  const held: number[] = [];
  try {
    while (held.length < count) held.push(duplicate(wakeFd));
  } catch (error) {
    libc.close(wakeFd);
    throw error;
  } finally {
    for (const fd of held) libc.close(fd);
  }
}

/**
 * In the executable, import.meta.url is the path of this file at build time, which must not be used: the worker is an
 * entry point of the build, below the root of the executable's own file system.
 */
function workerModule(): string | URL {
  const isCompiled = Bun.main.startsWith('/$bunfs/');
  return isCompiled
    ? '/$bunfs/root/data-plane/worker/worker.js'
    : new URL('../worker/worker.ts', import.meta.url);
}
