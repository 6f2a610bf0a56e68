// The loop of the data plane: commands in, bytes from pipes to logs, reports out. It never returns while it is needed.
import { statSync } from 'node:fs';
import { E } from '../linux/errno.ts';
import { closeFile, memoryOf, readInto } from '../linux/file.ts';
import { pipeCapacity } from '../linux/pipe.ts';
import { ChildStream } from './child-stream.ts';
import type { DiskWait } from './disk-wait.ts';
import { JournalLog } from './journal-log.ts';
import { ListenerPools } from './listener-pools.ts';
import { LogTable } from './log-table.ts';
import { errnoOf, type LogTarget } from './log-target.ts';
import {
  type AttachCommand,
  activeIntervalMs,
  type Command,
  type CompressedCommand,
  type FileFacts,
  type Report,
} from './messages.ts';
import { PatientEpoll } from './patient-epoll.ts';
import { replaceByCompressed } from './rotation.ts';
import { StuckLogs } from './stuck-logs.ts';
import { Syslog } from './syslog.ts';
import { WritableWatches } from './writable-watches.ts';

const bufferBytes = 128 * 1024;
/** Forwarded bytes that the control plane has not looked at yet: above the first no more are read, below the second again. */
const maxUnconsumedBytes = 512 * 1024;
const fewUnconsumedBytes = 256 * 1024;
/** The clock of the day may be set while we wait for one of its times. */
const longestSleepMs = 3_600_000;

export class DataLoop {
  readonly #epoll = new PatientEpoll();
  readonly #syslog = new Syslog((message) => this.#tell({ is: 'trouble', message }));
  readonly #stuckLogs = new StuckLogs(
    (fd) => this.#epoll.watchWritableOnce(fd),
    () => this.#onFreed(),
  );
  readonly #logs: LogTable;
  readonly #streams = new Map<number, ChildStream>();
  readonly #streamByFd = new Map<number, ChildStream>();
  /** Streams that hold the beginning of a line. */
  readonly #holding = new Set<ChildStream>();
  /** Streams that are not read because what they bring has nowhere to go just now. */
  readonly #parked = new Set<ChildStream>();
  readonly #writableWatches = new WritableWatches(this.#epoll);
  readonly #pools = new ListenerPools(this.#writableWatches, (report) => this.#tell(report));
  readonly #buffer = memoryOf(new Uint8Array(bufferBytes));
  readonly #bellCell = memoryOf(new Uint8Array(8));
  #flushRequests: number[] = [];
  #unconsumedBytes = 0;
  #reports: Report[] = [];
  #stopped = false;
  #nextActive = 0;

  /** `nextCommands` takes what the ringing of `bell`, an eventfd, announced. */
  constructor(
    private readonly bell: number,
    private readonly disk: DiskWait,
    private readonly nextCommands: () => readonly Command[] | undefined,
    private readonly send: (reports: readonly Report[]) => void,
  ) {
    this.#logs = new LogTable(this.#syslog, (report) => this.#tell(report), this.#stuckLogs, disk);
    this.#epoll.watchPromptly(bell);
  }

  /** Until it is told to stop. */
  run(): void {
    while (!this.#stopped) {
      const ready = this.#epoll.wait(this.#deadline());
      if (ready.length > 0) this.#tellActive();
      for (const fd of ready) this.#onReadySafely(fd);
      this.#onDeadlines();
      this.#sendReports();
    }
  }

  /** A fault of ours in the handling of one stream or command must not end all the others. */
  #onReadySafely(fd: number): void {
    try {
      this.#onReady(fd);
    } catch (error) {
      this.#tellFault(error);
    }
  }

  #onReady(fd: number): void {
    if (fd === this.bell) return this.#obeyAll();
    const stream = this.#streamByFd.get(fd);
    if (stream) this.#onReadable(stream);
    else if (!this.#writableWatches.writable(fd)) this.#stuckLogs.writable(fd);
  }

  #obeyAll(): void {
    readInto(this.bell, this.#bellCell);
    for (let commands = this.nextCommands(); commands; commands = this.nextCommands()) {
      for (const command of commands) this.#obeySafely(command);
    }
  }

  #obeySafely(command: Command): void {
    try {
      this.#obey(command);
    } catch (error) {
      this.#tellFault(error);
      if ('request' in command) this.#answer(command.request, E.EIO);
    }
  }

  #obey(command: Command): void {
    switch (command.do) {
      case 'openLog':
        return this.#logs.open(command);
      case 'openSyslog':
        return this.#logs.openSyslog(command.log);
      case 'openJournal':
        return this.#logs.openJournal(command.log, command.origin);
      case 'write':
        return this.#write(command.log, command.data);
      case 'clearLog':
        return this.#clear(command.log, command.request);
      case 'reopenLog':
        return this.#changeLog(command.log, command.request, (target) => target.reopen());
      case 'rotateLog':
        return this.#changeLog(command.log, command.request, (target) => target.rotate());
      case 'releaseLog':
        return this.#logs.forget(command.log);
      case 'attach':
        return this.#attach(command);
      case 'forward': {
        const stream = this.#streams.get(command.stream);
        if (stream) stream.forward = command.on;
        return;
      }
      case 'drain':
        return this.#drain(command.stream, command.request);
      case 'consumed':
        return this.#consumed(command.bytes);
      case 'watchWritable': {
        const { fd } = command;
        return this.#writableWatches.whenWritable(fd, () => this.#tell({ is: 'writable', fd }));
      }
      case 'forgetWritable':
        return this.#writableWatches.forgetWritable(command.fd);
      case 'watchLog':
        return this.#logs.watch(command.path);
      case 'forgetLog':
        return this.#logs.unwatch(command.path);
      case 'openPool':
      case 'closePool':
      case 'event':
      case 'listenerIs':
        return this.#pools.obey(command);
      case 'compressed':
        return this.#compressed(command);
      case 'lookAtFiles':
        return this.#lookAtFiles(command.paths, command.look);
      case 'ping':
        return this.#answer(command.request, 0);
      case 'flush':
        this.#flushRequests.push(command.request);
        return this.#answerFlushes();
      case 'stop':
        this.#stopped = true;
        return this.#answer(command.request, 0);
    }
  }

  #write(number: number, data: string | Uint8Array): void {
    const memory = memoryOf(typeof data === 'string' ? Buffer.from(data) : data);
    this.#logs.get(number)?.write(memory, 0, memory.bytes.length);
  }

  #clear(number: number, request: number): void {
    const log = this.#logs.get(number);
    for (const stream of this.#streams.values()) if (stream.log === log) stream.clearCapture();
    this.#changeLog(number, request, (target) => target.clear());
  }

  #compressed({ path, backups, inode, copy, request }: CompressedCommand): void {
    this.#answer(
      request,
      this.disk.during(Buffer.from(path), () =>
        errnoOf(() => replaceByCompressed(path, backups, inode, copy)),
      ),
    );
  }

  #changeLog(number: number, request: number, change: (target: LogTarget) => number): void {
    const log = this.#logs.get(number);
    if (!log) return this.#answer(request, 0);
    this.#answer(request, log.ask(change));
    this.#logs.changed(log);
  }

  #lookAtFiles(paths: readonly string[], look: number): void {
    const files = paths.map((path) => this.disk.during(Buffer.from(path), () => factsOf(path)));
    this.#tell({ is: 'files', look, files });
  }

  #attach(command: AttachCommand): void {
    const log = this.#logs.get(command.log);
    if (command.lines && log?.target instanceof JournalLog) log.target.setPid(command.lines.source.pid);
    const onProtocol = command.listener && this.#pools.connect(command.listener);
    const stream = new ChildStream(command, log, this.#syslog, (report) => this.#tell(report), onProtocol);
    if (log) {
      log.references += 1;
      log.streams += 1;
    }
    this.#streams.set(stream.number, stream);
    this.#streamByFd.set(stream.fd, stream);
    this.#watch(stream);
  }

  #watch(stream: ChildStream): void {
    const { fd, prompt } = stream;
    const failure = prompt ? this.#epoll.watchPromptly(fd) : this.#epoll.watchPatiently(fd);
    if (failure === 0) return;
    this.#tell({ is: 'trouble', message: `cannot watch a pipe of a program (errno ${failure})` });
    this.#end(stream);
  }

  #onReadable(stream: ChildStream): void {
    if (stream.log?.stuck || (stream.forward && this.#unconsumedBytes > maxUnconsumedBytes)) {
      this.#epoll.unwatch(stream.fd);
      this.#parked.add(stream);
      return;
    }
    this.#epoll.wasRead(stream.fd, this.#read(stream));
  }

  /** Everything may go on; who still cannot will be parked again. */
  #unpark(): void {
    const streams = [...this.#parked];
    this.#parked.clear();
    for (const stream of streams) this.#watch(stream);
  }

  /** One read; how many bytes came. Ends the stream at its end. */
  #read(stream: ChildStream): number {
    const count = readInto(stream.fd, this.#buffer);
    if (count > 0) {
      stream.received(this.#buffer, count);
      if (stream.deadline !== null) this.#holding.add(stream);
      return count;
    }
    if (count !== -E.EAGAIN && count !== -E.EINTR) this.#end(stream);
    return 0;
  }

  #end(stream: ChildStream): void {
    stream.ended();
    this.#epoll.unwatch(stream.fd);
    closeFile(stream.fd);
    this.#streams.delete(stream.number);
    this.#streamByFd.delete(stream.fd);
    this.#holding.delete(stream);
    this.#parked.delete(stream);
    if (!stream.log) return;
    stream.log.streams -= 1;
    this.#logs.release(stream.log);
  }

  /** What a descendant writes while we read comes later: as much as the pipe holds is what can be there now. */
  #drain(number: number, request: number): void {
    const stream = this.#streams.get(number);
    if (stream) {
      const capacity = pipeCapacity(stream.fd);
      for (let bytes = 0; bytes < capacity; ) {
        const count = this.#read(stream);
        if (count === 0) break;
        bytes += count;
      }
      stream.flush();
    }
    this.#answer(request, 0);
  }

  #consumed(bytes: number): void {
    this.#unconsumedBytes -= bytes;
    if (this.#parked.size > 0 && this.#unconsumedBytes < fewUnconsumedBytes) this.#unpark();
  }

  #onFreed(): void {
    this.#unpark();
    this.#answerFlushes();
  }

  /** What waits for a slow reader is not handed over yet. */
  #answerFlushes(): void {
    if (!this.#stuckLogs.none) return;
    for (const request of this.#flushRequests) this.#answer(request, 0);
    this.#flushRequests = [];
  }

  /** When something must be done though nothing happens; null when never. */
  #deadline(): number | null {
    let earliest = this.#stuckLogs.deadline;
    for (const stream of this.#holding) earliest = Math.min(earliest, stream.deadline ?? earliest);
    const { nextRotation } = this.#logs;
    if (nextRotation !== null) {
      const waitMs = Math.min(nextRotation - Date.now(), longestSleepMs);
      earliest = Math.min(earliest, performance.now() + waitMs);
    }
    return earliest === Number.POSITIVE_INFINITY ? null : earliest;
  }

  #onDeadlines(): void {
    this.#logs.rotateOnSchedule();
    const now = performance.now();
    for (const stream of this.#holding) {
      if ((stream.deadline ?? now) > now) continue;
      // On a busy machine it was us who were late: the rest of the line may be there.
      if (!this.#parked.has(stream) && this.#read(stream) > 0) continue;
      stream.flush();
      this.#holding.delete(stream);
    }
    this.#stuckLogs.giveUpLate(now);
  }

  /** Now, as the next thing may be to wait for a disk. */
  #tellActive(): void {
    const now = performance.now();
    if (now < this.#nextActive) return;
    this.#nextActive = now + activeIntervalMs;
    this.send([{ is: 'active' }]);
  }

  #tellFault(error: unknown): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#tell({ is: 'trouble', message: `unexpected fault in the data plane: ${reason}` });
  }

  #answer(request: number, errno: number): void {
    this.#tell({ is: 'done', request, errno });
  }

  #tell(report: Report): void {
    if (report.is === 'data') this.#unconsumedBytes += report.bytes.length;
    this.#reports.push(report);
  }

  #sendReports(): void {
    if (this.#reports.length === 0) return;
    this.send(this.#reports);
    this.#reports = [];
  }
}

function factsOf(path: string): FileFacts {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    return status?.isFile() ? { device: status.dev, inode: status.ino, bytes: status.size } : null;
  } catch {
    return null;
  }
}
