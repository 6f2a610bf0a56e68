// The main thread's side of one worker of the data plane: commands, answers, a disk that does not answer it, its death.
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { withTimeout } from '../../event-loop/with-timeout.ts';
import { checked, E, SyscallError } from '../../linux/errno.ts';
import { openAppendCached, ownDescriptorOf } from '../../linux/file.ts';
import { forStderr } from '../../linux/journal-stream.ts';
import { libc, ptr } from '../../linux/libc.ts';
import { duplicate } from '../../linux/pipe.ts';
import type { CompressedCopy } from '../../logs/compressed-copy.ts';
import type { Command, FileFacts, StreamSettings, WorkerEvent } from '../protocol/messages.ts';
import { SharedIoState } from '../protocol/shared-io-state.ts';
import { DiskStallMonitor, slowDiskMs } from './disk-stall-monitor.ts';

type WithoutRequest<C> = C extends { readonly request: number } ? Omit<C, 'request'> : never;
/** A command that is answered. */
export type RequestCommand = WithoutRequest<Command>;

export interface Stream {
  /** Everything in the pipe at this moment is in the log, and every callback for it was made. */
  drained(): Promise<void>;
}

/** A pipe, and who hears of what it carries. */
/** Takes the bytes of a stream on the main thread, beside its log. */
export interface StreamConsumer {
  /** Every chunk that is logged or captured. */
  readonly onData: ((chunk: Uint8Array) => void) | null;
  readonly onCapture: ((data: Uint8Array) => void) | null;
}

type OpenLog = Extract<Command, { do: 'openLog' }>;
/** What concerns more than one stream or request. */
export type PlaneEvent = Exclude<
  WorkerEvent,
  { is: 'data' | 'captured' | 'ended' | 'done' | 'files' | 'copyBegun' | 'active' }
>;

const EFD_CLOEXEC = 0o2000000;
/** A disk that hangs must not keep the news of an exit from the state machine for ever. */
const drainLimitMs = 2000;
/** The main thread stands still for no longer when it opens a log. */
const openLimitMs = 1000;
/** Whoever asks about files waits for no longer. */
const filesLimitMs = 1000;
/** How often it is looked, at the end, whether a disk answers. */
const lookIntervalMs = 250;
/** Of a thread that has nothing to do any more. */
const endLimitMs = 1000;
/** More than readers of FIFOs and terminals are given. */
const stopLimitMs = 12_000;
/** Of the runtime in a worker and of its two epoll instances, and some that it needs for a moment. */
const workerDescriptors = 8;
/** Of what we write ourselves. */
const maxKeptBytes = 4 * 1024 * 1024;
/** Told in steps: a command and a ring for every answer of an event listener would cost more than the answer. */
const consumedStepBytes = 64 * 1024;

export class WorkerClient {
  readonly #port: MessagePort;
  readonly #bell = checked(libc.eventfd(0, EFD_CLOEXEC), 'eventfd');
  readonly #worker: Worker;
  readonly #disk = new SharedIoState();
  readonly #silentDisk: DiskStallMonitor;
  readonly #streams = new Map<number, StreamConsumer>();
  readonly #requests = new Map<number, (errno: number) => void>();
  readonly #looks = new Map<number, (files: readonly FileFacts[]) => void>();
  readonly #copies = new Map<number, (copy: CompressedCopy | number | null) => void>();
  readonly #ring = new BigUint64Array([1n]);
  #lastNumber = 0;
  #commands: Command[] = [];
  #consumedBytes = 0;
  #keptBytes = 0;
  readonly #exited = Promise.withResolvers<void>();
  /** Nothing that is asked of it will ever be done. */
  #dead = false;
  #stopping = false;

  /**
   * `onTrouble` hears of a disk that does not answer, and when it does again. `onDeath` hears once that the worker has
   * ended without being told to, and why; from then on whoever asks it gets EIO, and what is sent to it is dropped.
   * Throws SyscallError when there are no descriptors or threads to be had.
   */
  constructor(
    private readonly onReport: (report: PlaneEvent) => void,
    onTrouble: (message: string) => void,
    private readonly onDeath: (reason: string) => void,
  ) {
    this.#silentDisk = new DiskStallMonitor(this.#disk, onTrouble);
    needDescriptors(workerDescriptors, this.#bell);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    try {
      this.#worker = new Worker(workerModule(), {
        workerData: { port: port2, bell: this.#bell, disk: this.#disk.memory },
        transferList: [port2],
      });
    } catch {
      // The runtime says no more than that it could not.
      port1.close();
      libc.close(this.#bell);
      throw new SyscallError('pthread_create', E.EAGAIN);
    }
    this.#worker.on('message', (reports: WorkerEvent[]) => this.#hearAll(reports));
    this.#worker.on('error', (error: Error) => this.#die(error.message));
    this.#worker.on('exit', (status) => {
      this.#die(`exit status ${status}`);
      this.#exited.resolve();
    });
  }

  /**
   * Opens a log there, creating it: the error number, or 0. What the kernel has in memory is opened at once. Else it
   * waits for a second at most, and not at all for a disk that does not answer; the log is opened then when it can be,
   * and what is written to it waits.
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

  /** While a disk does not answer, some of it is kept; the rest is dropped, and counted. */
  write(log: number, data: string | Uint8Array): void {
    if ((this.#disk.waitingMs ?? 0) > openLimitMs) this.#keptBytes += data.length;
    else this.#keptBytes = 0;
    if (this.#keptBytes <= maxKeptBytes) this.send({ do: 'write', log, data });
    else this.#silentDisk.dropped(data.length);
  }

  attach(settings: StreamSettings, consumer: StreamConsumer, log: number | null): Stream {
    const stream = this.number();
    if (this.#dead) libc.close(settings.fd);
    else this.#streams.set(stream, consumer);
    this.send({ do: 'attach', stream, log, forward: consumer.onData !== null, settings });
    return { drained: () => this.#drain(stream) };
  }

  /** What is at each of `paths`; null also for what a disk does not tell within a second. */
  async filesAt(paths: readonly string[]): Promise<readonly FileFacts[]> {
    const unknown = paths.map(() => null);
    if (this.#dead || (this.#disk.waitingMs ?? 0) > filesLimitMs) return unknown;
    const look = this.number();
    const { promise, resolve } = Promise.withResolvers<readonly FileFacts[]>();
    this.#looks.set(look, resolve);
    const timer = setTimeout(resolve, filesLimitMs, unknown);
    this.send({ do: 'lookAtFiles', paths, look });
    const files = await promise;
    clearTimeout(timer);
    this.#looks.delete(look);
    return files;
  }

  /** For the oldest file of the log at `path` that is not compressed: null when there is none, or the error number. */
  beginCopy(path: string, backups: number, writer: number | null): Promise<CompressedCopy | number | null> {
    if (this.#dead) return Promise.resolve(E.EIO);
    const look = this.number();
    const { promise, resolve } = Promise.withResolvers<CompressedCopy | number | null>();
    this.#copies.set(look, resolve);
    this.send({ do: 'beginCopy', path, backups, writer, look });
    return promise;
  }

  /** Whether it looks at its commands within `ms`, or a disk is what keeps it; nobody waits for a dead one. */
  async isAlive(ms: number): Promise<boolean> {
    return (await withTimeout(this.ask({ do: 'ping' }), ms)) || this.#disk.waitingMs !== null;
  }

  /** Writes what it has, then ends; a disk that does not answer in time gets no more. */
  async stop(): Promise<void> {
    if (this.#dead) return;
    this.#stopping = true;
    const ended = this.ask({ do: 'flush' }).then(() => this.ask({ do: 'stop' }));
    const isEnded = await this.#endsInTime(ended);
    this.#silentDisk.forget();
    if (!isEnded) {
      const loss = `tsupervisor: ${this.#disk.path} does not answer: what was to be written there is lost`;
      console.error(forStderr(loss, 'critical'));
      return;
    }
    // By itself: the runtime needs one more thread to terminate it, and aborts when there is none to be had.
    await withTimeout(this.#exited.promise, endLimitMs);
    this.#port.close();
    libc.close(this.#bell);
  }

  /** The error number of the answer. */
  ask(command: RequestCommand): Promise<number> {
    if (this.#dead) return Promise.resolve(E.EIO);
    const request = this.number();
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#requests.set(request, resolve);
    this.send({ ...command, request });
    return promise;
  }

  /** One message and one ring for all commands of a turn of the event loop. */
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
    libc.write(this.#bell, ptr(this.#ring), 8n);
  }

  /** Its end, when it was told to end, is none: then only who still waits for it hears. */
  #die(reason: string): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#silentDisk.forget();
    for (const resolve of this.#requests.values()) resolve(E.EIO);
    this.#requests.clear();
    for (const resolve of this.#copies.values()) resolve(E.EIO);
    this.#copies.clear();
    this.#streams.clear();
    if (!this.#stopping) this.onDeath(reason);
  }

  async #endsInTime(ended: Promise<unknown>): Promise<boolean> {
    const limit = performance.now() + stopLimitMs;
    while (performance.now() < limit && (this.#disk.waitingMs ?? 0) < slowDiskMs) {
      if (await withTimeout(ended, lookIntervalMs)) return true;
    }
    return false;
  }

  async #drain(stream: number): Promise<void> {
    if (this.#streams.has(stream)) await withTimeout(this.ask({ do: 'drain', stream }), drainLimitMs);
  }

  #hearAll(reports: readonly WorkerEvent[]): void {
    for (const report of reports) {
      if (report.is === 'data') this.#consumedBytes += report.bytes.length;
      this.#hear(report);
    }
    if (this.#consumedBytes < consumedStepBytes) return;
    this.send({ do: 'consumed', bytes: this.#consumedBytes });
    this.#consumedBytes = 0;
  }

  #hear(report: WorkerEvent): void {
    switch (report.is) {
      case 'data':
        this.#streams.get(report.stream)?.onData?.(report.bytes);
        return;
      case 'captured':
        this.#streams.get(report.stream)?.onCapture?.(report.bytes);
        return;
      case 'ended':
        this.#streams.delete(report.stream);
        return;
      case 'done':
        this.#requests.get(report.request)?.(report.errno);
        this.#requests.delete(report.request);
        return;
      case 'files':
        this.#looks.get(report.look)?.(report.files);
        return;
      case 'copyBegun':
        this.#copies.get(report.look)?.(report.copy);
        this.#copies.delete(report.look);
        return;
      case 'active':
        this.#silentDisk.mayBegin();
        return;
      default:
        this.onReport(report);
    }
  }
}

/** Throws SyscallError, having closed `bell`, when there are not so many: a worker that lacks one dies, and we with it. */
function needDescriptors(count: number, bell: number): void {
  const held: number[] = [];
  try {
    while (held.length < count) held.push(duplicate(bell));
  } catch (error) {
    libc.close(bell);
    throw error;
  } finally {
    for (const fd of held) libc.close(fd);
  }
}

/**
 * In the executable, import.meta.url is where this file was when it was compiled, which must mean nothing: the worker
 * is an entry point of the build and lies under the executable's own root.
 */
function workerModule(): string | URL {
  const isCompiled = Bun.main.startsWith('/$bunfs/');
  return isCompiled
    ? '/$bunfs/root/data-plane/worker/worker.js'
    : new URL('../worker/worker.ts', import.meta.url);
}
