// The loop of the data plane: commands in, bytes from pipes to log files, reports out.

import { EPOLLIN, EPOLLONESHOT, EPOLLOUT, Epoll } from '../linux/epoll.ts';
import { E } from '../linux/errno.ts';
import { errno, libc, ptr } from '../linux/libc.ts';
import { ChildStream } from './child-stream.ts';
import { LogFile } from './log-file.ts';
import type { Command, Report } from './messages.ts';

const bufferBytes = 128 * 1024;
/** How long small writes may gather before they are read; a flood is read at once. */
const patienceMs = 5;
/** A read of this size or more is part of a flood: about what a pipe holds. */
const floodBytes = 32 * 1024;
/** Together more than the largest pipe the kernel allows by default, 1 MiB. */
const drainReads = 12;

export class DataLoop {
  /** What is looked at the moment something happens. */
  readonly #prompt = new Epoll();
  /** All other pipes. It is itself watched by #prompt, except while we are patient. */
  readonly #bulk = new Epoll();
  readonly #streams = new Map<number, ChildStream>();
  readonly #streamByFd = new Map<number, ChildStream>();
  readonly #logs = new Map<number, LogFile>();
  readonly #logByPath = new Map<string, LogFile>();
  readonly #buffer = new Uint8Array(bufferBytes);
  readonly #bufferPointer = ptr(this.#buffer);
  readonly #bellCell = new Uint8Array(8);
  readonly #watched = new Set<number>();
  /** On the clock of performance.now(); null when we wake for every byte. */
  #patientUntil: number | null = null;
  #reports: Report[] = [];

  constructor(
    private readonly bell: number,
    private readonly nextCommand: () => Command | undefined,
    private readonly send: (reports: readonly Report[]) => void,
  ) {
    this.#prompt.add(bell, EPOLLIN);
    this.#prompt.add(this.#bulk.fd, EPOLLIN);
  }

  run(): never {
    for (;;) {
      const until = this.#patientUntil;
      const ready = this.#prompt.wait(
        until === null ? -1 : Math.max(0, Math.ceil(until - performance.now())),
      );
      for (const fd of ready) if (fd !== this.#bulk.fd) this.#onReady(fd);
      const bulkIsDue = until === null ? ready.includes(this.#bulk.fd) : performance.now() >= until;
      if (bulkIsDue) this.#beAfter(this.#readBulk());
      this.#sendReports();
    }
  }

  /** A little output: more is likely to come, let it gather. Nothing, or a flood: wake up for the next byte. */
  #beAfter(amount: 'nothing' | 'little' | 'flood'): void {
    const wasPatient = this.#patientUntil !== null;
    const patient = amount === 'little';
    this.#patientUntil = patient ? performance.now() + patienceMs : null;
    if (patient !== wasPatient) this.#prompt.modify(this.#bulk.fd, patient ? 0 : EPOLLIN);
  }

  /** One read of every pipe that has something, so that no flood keeps the others waiting. */
  #readBulk(): 'nothing' | 'little' | 'flood' {
    const ready = this.#bulk.wait(0);
    let largest = 0;
    for (const fd of ready) {
      const stream = this.#streamByFd.get(fd);
      if (stream) largest = Math.max(largest, this.#read(stream));
    }
    if (ready.length === 0) return 'nothing';
    return largest >= floodBytes ? 'flood' : 'little';
  }

  #onReady(fd: number): void {
    if (fd === this.bell) {
      libc.read(fd, ptr(this.#bellCell), 8n);
      for (let command = this.nextCommand(); command; command = this.nextCommand()) this.#obey(command);
      return;
    }
    const stream = this.#streamByFd.get(fd);
    if (stream) this.#read(stream);
    else this.#tell({ is: 'writable', fd });
  }

  #obey(command: Command): void {
    switch (command.do) {
      case 'openLog':
        return this.#openLog(command);
      case 'write':
        return this.#logs.get(command.log)?.write(command.data);
      case 'clearLog':
        for (const stream of this.#streams.values()) stream.clearCaptureOf(this.#logs.get(command.log));
        return this.#answer(command.request, this.#logs.get(command.log)?.clear());
      case 'reopenLog':
        return this.#answer(command.request, this.#logs.get(command.log)?.reopen());
      case 'releaseLog':
        this.#release(this.#logs.get(command.log));
        this.#logs.delete(command.log);
        return;
      case 'attach':
        return this.#attach(command);
      case 'drain':
        return this.#drain(command.stream, command.request);
      case 'watchWritable':
        return this.#watchWritable(command.fd);
      case 'forgetWritable':
        return this.#forgetWritable(command.fd);
      case 'flush':
        return this.#answer(command.request, 0);
    }
  }

  /** Logs of one path are one file here, so that they never rotate against each other. */
  #openLog({ log, fd, path, rotation }: Extract<Command, { do: 'openLog' }>): void {
    const known = this.#logByPath.get(path);
    if (known) {
      known.references += 1;
      libc.close(fd);
      this.#logs.set(log, known);
      return;
    }
    const file = new LogFile(path, fd, rotation, (message) => this.#tell({ is: 'trouble', message }));
    this.#logByPath.set(path, file);
    this.#logs.set(log, file);
  }

  #release(file: LogFile | null | undefined): void {
    if (!file) return;
    file.references -= 1;
    if (file.references > 0) return;
    this.#logByPath.delete(file.path);
    file.close();
  }

  #attach(command: Extract<Command, { do: 'attach' }>): void {
    const log = command.log === null ? null : (this.#logs.get(command.log) ?? null);
    if (log) log.references += 1;
    const stream = new ChildStream(command, log, (report) => this.#tell(report));
    this.#streams.set(stream.number, stream);
    this.#streamByFd.set(stream.fd, stream);
    (stream.prompt ? this.#prompt : this.#bulk).add(stream.fd, EPOLLIN);
  }

  /** One read; how many bytes came. Ends the stream at its end. */
  #read(stream: ChildStream): number {
    const count = Number(libc.read(stream.fd, this.#bufferPointer, BigInt(bufferBytes)));
    if (count > 0) {
      stream.received(this.#buffer.subarray(0, count), this.#bufferPointer);
      return count;
    }
    const why = count < 0 ? errno() : 0;
    if (why !== E.EAGAIN && why !== E.EINTR) this.#end(stream);
    return 0;
  }

  #end(stream: ChildStream): void {
    stream.ended();
    (stream.prompt ? this.#prompt : this.#bulk).remove(stream.fd);
    libc.close(stream.fd);
    this.#streams.delete(stream.number);
    this.#streamByFd.delete(stream.fd);
    this.#release(stream.log);
  }

  /** What a descendant writes while we read comes later: a full pipe's worth is what can be there now. */
  #drain(number: number, request: number): void {
    const stream = this.#streams.get(number);
    for (let reads = 0; stream && reads < drainReads; reads += 1) {
      if (this.#read(stream) === 0) break;
    }
    this.#answer(request, 0);
  }

  #watchWritable(fd: number): void {
    if (this.#watched.has(fd)) return this.#prompt.modify(fd, EPOLLOUT | EPOLLONESHOT);
    this.#watched.add(fd);
    this.#prompt.add(fd, EPOLLOUT | EPOLLONESHOT);
  }

  #forgetWritable(fd: number): void {
    if (this.#watched.delete(fd)) this.#prompt.remove(fd);
  }

  #answer(request: number, errno = 0): void {
    this.#tell({ is: 'done', request, errno });
  }

  #tell(report: Report): void {
    this.#reports.push(report);
  }

  #sendReports(): void {
    if (this.#reports.length === 0) return;
    this.send(this.#reports);
    this.#reports = [];
  }
}
