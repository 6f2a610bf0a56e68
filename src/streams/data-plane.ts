// The main thread's side of the data plane: opens logs, hands pipes over, hears what it asked for.
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Rotation } from '../config/config.ts';
import { checked, SyscallError } from '../linux/errno.ts';
import { openAppend } from '../linux/file.ts';
import { libc, ptr } from '../linux/libc.ts';
import type { Command, Report } from './messages.ts';

export interface LogSpec {
  readonly path: string;
  readonly rotation: Rotation;
}

export interface StreamSpec {
  /** The non-blocking read end of a pipe; it is the data plane's from here on, and closed at its end. */
  readonly fd: number;
  readonly log: Log | null;
  readonly syslogName: string | null;
  readonly stripAnsi: boolean;
  /** 0 = off. */
  readonly captureMaxBytes: number;
  /** Every chunk that is logged or captured. */
  readonly onData: ((chunk: Uint8Array) => void) | null;
  readonly onCapture: ((data: Uint8Array) => void) | null;
  /** True: never wait for more output to gather. */
  readonly prompt: boolean;
}

const EFD_CLOEXEC = 0o2000000;
/** A disk that hangs must not keep the news of an exit from the state machine for ever. */
const drainLimitMs = 2000;

export class DataPlane {
  readonly #port: MessagePort;
  readonly #bell = checked(libc.eventfd(0, EFD_CLOEXEC), 'eventfd');
  readonly #worker: Worker;
  readonly #streams = new Map<number, StreamSpec>();
  readonly #requests = new Map<number, (errno: number) => void>();
  readonly #writable = new Map<number, () => void>();
  readonly #ring = new BigUint64Array([1n]);
  #lastNumber = 0;
  #rung = false;

  private constructor(private readonly onTrouble: (message: string) => void) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { port: port2, bell: this.#bell },
      transferList: [port2],
    });
    this.#worker.on('message', (reports: Report[]) => {
      for (const report of reports) this.#hear(report);
    });
  }

  static start(onTrouble: (message: string) => void): DataPlane {
    return new DataPlane(onTrouble);
  }

  /** Opens for appending, creating it, on the calling thread. Throws SyscallError. */
  openLog({ path, rotation }: LogSpec): Log {
    const log = this.#number();
    this.#send({ do: 'openLog', log, fd: openAppend(path), path, rotation });
    return new Log(
      log,
      path,
      (command) => this.#send(command),
      (command) => this.#ask(command),
    );
  }

  attach(spec: StreamSpec): Stream {
    const stream = this.#number();
    this.#streams.set(stream, spec);
    const { fd, log, stripAnsi, captureMaxBytes, prompt } = spec;
    const forward = spec.onData !== null;
    this.#send({
      do: 'attach',
      stream,
      fd,
      log: log?.number ?? null,
      stripAnsi,
      captureMaxBytes,
      forward,
      prompt,
    });
    return { drained: () => this.#drain(stream) };
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

  /** Resolves when everything handed over so far is in the files. */
  async flush(): Promise<void> {
    await this.#ask({ do: 'flush' });
  }

  async stop(): Promise<void> {
    await this.flush();
    await this.#worker.terminate();
  }

  async #drain(stream: number): Promise<void> {
    if (!this.#streams.has(stream)) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, drainLimitMs);
    });
    await Promise.race([this.#ask({ do: 'drain', stream }), limit]);
    clearTimeout(timer);
  }

  /** The error number of the answer; 0 for none. */
  #ask(command: RequestCommand): Promise<number> {
    const request = this.#number();
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#requests.set(request, resolve);
    this.#send({ ...command, request });
    return promise;
  }

  /** One ring for all commands of a turn of the event loop. */
  #send(command: Command): void {
    this.#port.postMessage(command);
    if (this.#rung) return;
    this.#rung = true;
    queueMicrotask(() => {
      this.#rung = false;
      libc.write(this.#bell, ptr(this.#ring), 8n);
    });
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
      case 'writable': {
        const callback = this.#writable.get(report.fd);
        this.#writable.delete(report.fd);
        callback?.();
        return;
      }
      case 'trouble':
        this.onTrouble(report.message);
    }
  }

  #number(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }
}

export interface Stream {
  /** Everything in the pipe at this moment is in the log, and every callback for it was made. */
  drained(): Promise<void>;
}

type WithoutRequest<C> = C extends { readonly request: number } ? Omit<C, 'request'> : never;
type RequestCommand = WithoutRequest<Command>;

/** A log file that is open in the data plane. */
export class Log {
  constructor(
    readonly number: number,
    readonly path: string,
    private readonly send: (command: Command) => void,
    private readonly ask: (command: RequestCommand) => Promise<number>,
  ) {}

  write(data: string | Uint8Array): void {
    this.send({ do: 'write', log: this.number, data: typeof data === 'string' ? Buffer.from(data) : data });
  }

  /** Removes the file and begins a new one. Throws SyscallError. */
  async clear(): Promise<void> {
    const errno = await this.ask({ do: 'clearLog', log: this.number });
    if (errno !== 0) throw new SyscallError('unlink', errno, this.path);
  }

  /** Opens the path anew, after somebody renamed the file. Throws SyscallError. */
  async reopen(): Promise<void> {
    const errno = await this.ask({ do: 'reopenLog', log: this.number });
    if (errno !== 0) throw new SyscallError('open', errno, this.path);
  }

  /** The file is closed when no stream writes to it any more. */
  release(): void {
    this.send({ do: 'releaseLog', log: this.number });
  }
}
