// The main thread's side of the data plane: opens logs, hands pipes over, hears what it asked for.
import { close } from 'node:fs';
import { resolve } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Rotation } from '../config/config.ts';
import { checked } from '../linux/errno.ts';
import { currentUmask, openAppend } from '../linux/file.ts';
import { libc, ptr } from '../linux/libc.ts';
import { type Asking, Log, type RequestCommand } from './log.ts';
import { LogCompressor } from './log-compressor.ts';
import type { Command, Lines, Report } from './messages.ts';
import type { ListenerEnd } from './pool-commands.ts';
import { PoolHandle, type PoolSpec } from './pool-handle.ts';
import type { WritableWatch } from './stdin-pipe.ts';

export { Log };

export interface LogSpec {
  readonly path: string;
  readonly rotation: Rotation;
}

export type OnData = (chunk: Uint8Array) => void;

export interface StreamSpec {
  /** The non-blocking read end of a pipe; it is the data plane's from here on, and closed at its end. */
  readonly fd: number;
  readonly log: Log | null;
  /** The name before each line in syslog; null without syslog. */
  readonly syslogName: string | null;
  readonly stripAnsi: boolean;
  /** 0 = off. */
  readonly captureMaxBytes: number;
  /** Every chunk that is logged or captured. */
  readonly onData: OnData | null;
  readonly onCapture: ((data: Uint8Array) => void) | null;
  /** True: never wait for more output to gather. */
  readonly prompt: boolean;
  /** Null writes the bytes as they are. */
  readonly lines: Lines | null;
  /** Set for the stdout of an event listener: its pool takes every chunk, and owns the descriptor in it. */
  readonly listener: ListenerEnd | null;
}

export interface Stream {
  /** Everything in the pipe at this moment is in the log, and every callback for it was made. */
  drained(): Promise<void>;
  /** From now on `callback` sees what is logged; null sees nothing and costs nothing. */
  setOnData(callback: OnData | null): void;
}

interface Attached {
  onData: OnData | null;
  readonly onCapture: StreamSpec['onCapture'];
}

const EFD_CLOEXEC = 0o2000000;
/** A disk that hangs must not keep the news of an exit from the state machine for ever. */
const drainLimitMs = 2000;
/** Told in steps: a command and a ring for every answer of an event listener would cost more than the answer. */
const consumedStepBytes = 64 * 1024;

export class DataPlane implements WritableWatch {
  readonly #port: MessagePort;
  readonly #bell = checked(libc.eventfd(0, EFD_CLOEXEC), 'eventfd');
  readonly #worker: Worker;
  readonly #asking: Asking = {
    send: (command) => this.#send(command),
    ask: (command) => this.#ask(command),
  };
  readonly #streams = new Map<number, Attached>();
  readonly #requests = new Map<number, (errno: number) => void>();
  readonly #writable = new Map<number, () => void>();
  readonly #pools = new Map<number, PoolHandle>();
  readonly #followers = new Map<string, Set<() => void>>();
  readonly #compressor: LogCompressor;
  readonly #ring = new BigUint64Array([1n]);
  #lastNumber = 0;
  #commands: Command[] = [];
  #consumedBytes = 0;

  private constructor(private readonly onTrouble: (message: string) => void) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#compressor = new LogCompressor(this.#asking, onTrouble);
    this.#worker = new Worker(workerModule(), {
      workerData: { port: port2, bell: this.#bell },
      transferList: [port2],
    });
    this.#worker.on('message', (reports: Report[]) => this.#hearAll(reports));
    this.#worker.on('error', endWithoutWorker);
  }

  /** `onTrouble` hears what went wrong with a log, in one line each, the first and the last time. */
  static start(onTrouble: (message: string) => void): DataPlane {
    return new DataPlane(onTrouble);
  }

  /**
   * Opens for appending, creating it, on the calling thread: failure is a SyscallError here. Files that follow it
   * in rotation have the permissions that this thread's umask gives now.
   */
  openLog({ path, rotation }: LogSpec): Log {
    const log = this.#number();
    const fd = openAppend(path);
    const mode = 0o666 & ~currentUmask();
    this.#send({ do: 'openLog', log, fd, path: resolve(path), mode, rotation });
    return new Log(log, path, this.#asking);
  }

  /** A log whose lines become messages of syslog. */
  openSyslog(): Log {
    const log = this.#number();
    this.#send({ do: 'openSyslog', log });
    return new Log(log, 'syslog', this.#asking);
  }

  /** A pool of event listeners, to which streams may be attached. */
  openPool(spec: PoolSpec): PoolHandle {
    const pool = new PoolHandle(this.#number(), spec, this.#asking);
    this.#pools.set(pool.number, pool);
    return pool;
  }

  attach(spec: StreamSpec): Stream {
    const stream = this.#number();
    const attached: Attached = { onData: spec.onData, onCapture: spec.onCapture };
    this.#streams.set(stream, attached);
    this.#send({
      do: 'attach',
      stream,
      fd: spec.fd,
      log: spec.log?.number ?? null,
      syslogName: spec.syslogName,
      stripAnsi: spec.stripAnsi,
      captureMaxBytes: spec.captureMaxBytes,
      forward: spec.onData !== null,
      prompt: spec.prompt,
      lines: spec.lines,
      listener: spec.listener,
    });
    return {
      drained: () => this.#drain(stream),
      setOnData: (callback) => {
        attached.onData = callback;
        this.#send({ do: 'forward', stream, on: callback !== null });
      },
    };
  }

  /** Calls back once when `fd`, a non-blocking write end, can be written or its reader is gone. */
  whenWritable(fd: number, callback: () => void): void {
    this.#writable.set(fd, callback);
    this.#send({ do: 'watchWritable', fd });
  }

  /** Must precede close(fd). */
  forgetWritable(fd: number): void {
    if (this.#writable.delete(fd)) this.#send({ do: 'forgetWritable', fd });
  }

  /**
   * Calls back after bytes were added to the log at `path`, or it was rotated or emptied by us; many changes may be
   * one call. Returns what ends that.
   */
  watchLog(path: string, callback: () => void): () => void {
    const absolute = resolve(path);
    const known = this.#followers.get(absolute);
    const followers = known ?? new Set();
    followers.add(callback);
    if (!known) {
      this.#followers.set(absolute, followers);
      this.#send({ do: 'watchLog', path: absolute });
    }
    return () => {
      if (!followers.delete(callback) || followers.size > 0) return;
      this.#followers.delete(absolute);
      this.#send({ do: 'forgetLog', path: absolute });
    };
  }

  /** Resolves when the worker has looked at its commands, however slow the readers of logs may be. */
  async ping(): Promise<void> {
    await this.#ask({ do: 'ping' });
  }

  /** Resolves when everything handed over so far is in the files. */
  async flush(): Promise<void> {
    await this.#ask({ do: 'flush' });
  }

  /** Flushes, then ends the worker. An old log that is being compressed stays as it is. */
  async stop(): Promise<void> {
    await this.#compressor.stop();
    await this.flush();
    await this.#ask({ do: 'stop' });
    await this.#worker.terminate();
    this.#port.close();
    libc.close(this.#bell);
  }

  async #drain(stream: number): Promise<void> {
    if (!this.#streams.has(stream)) return;
    const { promise, resolve: finish } = Promise.withResolvers<void>();
    const timer = setTimeout(finish, drainLimitMs);
    this.#ask({ do: 'drain', stream }).then(() => finish());
    await promise;
    clearTimeout(timer);
  }

  #ask(command: RequestCommand): Promise<number> {
    const request = this.#number();
    const { promise, resolve: answer } = Promise.withResolvers<number>();
    this.#requests.set(request, answer);
    this.#send({ ...command, request });
    return promise;
  }

  /** One message and one ring for all commands of a turn of the event loop. */
  #send(command: Command): void {
    this.#commands.push(command);
    if (this.#commands.length > 1) return;
    queueMicrotask(() => {
      this.#port.postMessage(this.#commands);
      this.#commands = [];
      libc.write(this.#bell, ptr(this.#ring), 8n);
    });
  }

  #hearAll(reports: readonly Report[]): void {
    for (const report of reports) {
      if (report.is === 'data') this.#consumedBytes += report.bytes.length;
      this.#hear(report);
    }
    if (this.#consumedBytes < consumedStepBytes) return;
    this.#send({ do: 'consumed', bytes: this.#consumedBytes });
    this.#consumedBytes = 0;
  }

  #hear(report: Report): void {
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
        this.#logChanged(report.path);
        return;
      case 'rotated':
        this.#compressor.compress(report.path, report.rotation);
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
  #logChanged(path: string): void {
    const followers = this.#followers.get(path);
    if (!followers) return;
    this.#send({ do: 'watchLog', path });
    for (const callback of followers) callback();
  }

  #number(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }
}

/**
 * In the executable, import.meta.url is where this file was when it was compiled, which must mean nothing: the worker
 * is an entry point of the build and lies under the executable's own root.
 */
function workerModule(): string | URL {
  const isCompiled = Bun.main.startsWith('/$bunfs/');
  return isCompiled ? '/$bunfs/root/streams/worker.js' : new URL('./worker.ts', import.meta.url);
}

/** Nothing that programs write would be read any more, and no log could say so: better to be started again. */
function endWithoutWorker(error: unknown): never {
  console.error(`tsupervisor: the thread that carries output has ended: ${String(error)}`);
  process.exit(1);
}
