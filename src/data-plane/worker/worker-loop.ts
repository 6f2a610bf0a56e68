// The loop of the data plane: commands in, whatever is ready handled, reports out. It never returns while it is needed.
import { resolve } from 'node:path';
import { makeRoomForDescriptors } from '../../linux/descriptors.ts';
import { E } from '../../linux/errno.ts';
import { memoryOf, readInto } from '../../linux/file.ts';
import { statusOfGuarded } from '../../linux/guarded-file.ts';
import { abandonCopy, beginCopy, type CompressedCopy, finishCopy } from '../../logs/compressed-copy.ts';
import { errnoOf, type LogTarget } from '../../logs/log-target.ts';
import { Syslog } from '../../logs/syslog.ts';
import {
  activeIntervalMs,
  type Command,
  type CompressionCommand,
  type FileFacts,
  type WorkerEvent,
} from '../protocol/messages.ts';
import type { SharedIoState } from '../protocol/shared-io-state.ts';
import { AdaptivePoller } from './adaptive-poller.ts';
import { BlockedLogs } from './blocked-logs.ts';
import { ChildStreams } from './child-streams.ts';
import { ListenerPools } from './listener-pools.ts';
import { LogTable } from './log-table.ts';
import { WritableWatches } from './writable-watches.ts';

/** The clock of the day may be set while we wait for one of its times. */
const maxSleepMs = 3_600_000;

export class WorkerLoop {
  readonly #epoll = new AdaptivePoller();
  readonly #syslog = new Syslog((message) => this.#tell({ is: 'trouble', message }));
  readonly #blockedLogs = new BlockedLogs(
    (fd) => this.#epoll.watchWritableOnce(fd),
    () => this.#onFreed(),
  );
  readonly #logs: LogTable;
  readonly #streams: ChildStreams;
  readonly #writableWatches = new WritableWatches(this.#epoll);
  readonly #pools = new ListenerPools(
    this.#writableWatches,
    (report) => this.#tell(report),
    (until) => this.#epoll.expect(until),
    (log, memory) => this.#logs.get(log)?.write(memory, 0, memory.bytes.length),
  );
  readonly #bellCell = memoryOf(new Uint8Array(8));
  #flushRequests: number[] = [];
  #reports: WorkerEvent[] = [];
  #stopped = false;
  #nextActive = 0;

  /** `nextCommands` takes what the ringing of `bell`, an eventfd, announced. */
  constructor(
    private readonly bell: number,
    private readonly disk: SharedIoState,
    private readonly nextCommands: () => readonly Command[] | undefined,
    private readonly send: (reports: readonly WorkerEvent[]) => void,
  ) {
    this.#logs = new LogTable(this.#syslog, (report) => this.#tell(report), this.#blockedLogs, disk);
    this.#streams = new ChildStreams(this.#epoll, this.#logs, this.#syslog, this.#pools, (report) =>
      this.#tell(report),
    );
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
    if (this.#streams.readable(fd) || this.#writableWatches.writable(fd)) return;
    this.#blockedLogs.writable(fd);
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
      case 'openSink':
        return this.#logs.openSink(command.log, command.sink);
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
        return this.#streams.attach(command);
      case 'drain':
        this.#streams.drain(command.stream);
        return this.#answer(command.request, 0);
      case 'consumed':
        return this.#streams.consumed(command.bytes);
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
      case 'printTo':
      case 'event':
      case 'listenerIs':
        return this.#pools.obey(command);
      case 'beginCopy':
      case 'finishCopy':
      case 'abandonCopy':
        return this.disk.during(Buffer.from(command.path), () => this.#compress(command));
      case 'lookAtFiles':
        return this.#lookAtFiles(command.paths, command.look);
      case 'expectDescriptors':
        return makeRoomForDescriptors(command.count);
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
    if (log) this.#streams.clearCaptures(log);
    this.#changeLog(number, request, (target) => target.clear());
  }

  #compress(command: CompressionCommand): void {
    const { path } = command;
    switch (command.do) {
      case 'beginCopy': {
        const { backups, writer, look } = command;
        let copy: CompressedCopy | null = null;
        const errno = errnoOf(() => {
          copy = beginCopy(path, backups, writer);
        });
        return this.#tell({ is: 'copyBegun', look, copy: errno || copy });
      }
      case 'finishCopy': {
        const { backups, copy, suffix, request } = command;
        return this.#answer(
          request,
          errnoOf(() => finishCopy(path, backups, copy, suffix)),
        );
      }
      case 'abandonCopy':
        return this.#answer(
          command.request,
          errnoOf(() => abandonCopy(path)),
        );
    }
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

  #onFreed(): void {
    this.#streams.unpark();
    this.#answerFlushes();
  }

  /** What waits for a slow reader is not handed over yet. */
  #answerFlushes(): void {
    if (!this.#blockedLogs.none) return;
    for (const request of this.#flushRequests) this.#answer(request, 0);
    this.#flushRequests = [];
  }

  /** When something must be done though nothing happens; null when never. */
  #deadline(): number | null {
    let earliest = Math.min(this.#blockedLogs.deadline, this.#streams.deadline, this.#pools.deadline);
    const { nextRotation } = this.#logs;
    if (nextRotation !== null) {
      const waitMs = Math.min(nextRotation - Date.now(), maxSleepMs);
      earliest = Math.min(earliest, performance.now() + waitMs);
    }
    return earliest === Number.POSITIVE_INFINITY ? null : earliest;
  }

  #onDeadlines(): void {
    this.#logs.rotateOnSchedule();
    const now = performance.now();
    this.#streams.flushLate(now);
    this.#blockedLogs.giveUpLate(now);
    this.#pools.resumeDue(now);
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

  #tell(report: WorkerEvent): void {
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
    const status = statusOfGuarded(resolve(path), null);
    return status?.isFile() ? { device: status.dev, inode: status.ino, bytes: status.size } : null;
  } catch {
    return null;
  }
}
