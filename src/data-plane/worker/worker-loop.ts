// The loop of a worker: waits for readiness, executes commands, handles ready descriptors, sends events. Blocks its
// thread until `stop`.
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
import type { WorkerSnapshot } from '../protocol/snapshots.ts';
import { AdaptivePoller } from './adaptive-poller.ts';
import { BlockedLogs } from './blocked-logs.ts';
import { ChildStreams } from './child-streams.ts';
import { DescriptorWatches } from './descriptor-watches.ts';
import { ListenerPools } from './listener-pools.ts';
import { LogTable } from './log-table.ts';

/** Bounds sleeps until a wall-clock time, because the clock may be set meanwhile. */
const maxSleepMs = 3_600_000;

export class WorkerLoop {
  readonly #epoll = new AdaptivePoller();
  readonly #syslog = new Syslog((message) => this.#emit({ is: 'trouble', message }));
  readonly #blockedLogs = new BlockedLogs(
    (fd) => this.#epoll.watchWritableOnce(fd),
    () => this.#onUnblocked(),
  );
  readonly #logs: LogTable;
  readonly #streams: ChildStreams;
  readonly #writable = new DescriptorWatches(this.#epoll, 'writable');
  readonly #readable = new DescriptorWatches(this.#epoll, 'readable');
  readonly #pools = new ListenerPools(
    this.#writable.asWritableWatch(),
    (report) => this.#emit(report),
    (until) => this.#epoll.expect(until),
    (log, memory) => this.#logs.get(log)?.write(memory, 0, memory.bytes.length),
  );
  readonly #wakeCounter = memoryOf(new Uint8Array(8));
  #flushRequests: number[] = [];
  #events: WorkerEvent[] = [];
  #stopped = false;
  #frozen = false;
  #nextActive = 0;

  /** `nextCommands` returns the commands announced by `wakeFd`, an eventfd. */
  constructor(
    private readonly wakeFd: number,
    private readonly disk: SharedIoState,
    private readonly nextCommands: () => readonly Command[] | undefined,
    private readonly send: (reports: readonly WorkerEvent[]) => void,
  ) {
    this.#logs = new LogTable(this.#syslog, (report) => this.#emit(report), this.#blockedLogs, disk);
    this.#streams = new ChildStreams(this.#epoll, this.#logs, this.#syslog, this.#pools, (report) =>
      this.#emit(report),
    );
    this.#epoll.watchPromptly(wakeFd);
  }

  /** Runs until the `stop` or `freeze` command. */
  run(): void {
    while (!this.#stopped) {
      const ready = this.#epoll.wait(this.#deadline());
      if (ready.length > 0) this.#emitActive();
      for (const fd of ready) this.#onReadySafely(fd);
      this.#onDeadlines();
      this.#sendEvents();
    }
    this.#epoll.close();
    if (!this.#frozen) return;
    // After the last read, and after every event that belongs to it.
    this.#emit({ is: 'frozen', snapshot: this.#snapshot() });
    this.#sendEvents();
  }

  #snapshot(): WorkerSnapshot {
    return {
      logs: this.#logs.snapshot(),
      pools: this.#pools.snapshot(),
      streams: this.#streams.snapshot(),
      syslogDropped: this.#syslog.dropped,
    };
  }

  /** Logs first, then what refers to them. */
  #restore({ logs, pools, streams, syslogDropped }: WorkerSnapshot): void {
    this.#syslog.restoreDropped(syslogDropped);
    this.#logs.restore(logs);
    this.#pools.restore(pools);
    this.#streams.restore(streams);
  }

  /** A bug in the handling of one stream or command must not end all the others. */
  #onReadySafely(fd: number): void {
    try {
      this.#onReady(fd);
    } catch (error) {
      this.#emitFault(error);
    }
  }

  #onReady(fd: number): void {
    if (fd === this.wakeFd) return this.#executeAll();
    if (this.#streams.readable(fd) || this.#writable.ready(fd) || this.#readable.ready(fd)) return;
    this.#blockedLogs.writable(fd);
  }

  #executeAll(): void {
    readInto(this.wakeFd, this.#wakeCounter);
    for (let commands = this.nextCommands(); commands; commands = this.nextCommands()) {
      for (const command of commands) this.#executeSafely(command);
    }
  }

  #executeSafely(command: Command): void {
    try {
      this.#execute(command);
    } catch (error) {
      this.#emitFault(error);
      if ('request' in command) this.#reply(command.request, E.EIO);
    }
  }

  #execute(command: Command): void {
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
        return this.#reply(command.request, 0);
      case 'stopAwaiting':
        return this.#streams.stopAwaiting(command.stream);
      case 'consumed':
        return this.#streams.consumed(command.bytes);
      case 'watchWritable': {
        const { fd, watch } = command;
        return this.#writable.watch(fd, () => this.#emit({ is: 'writable', fd, watch }));
      }
      case 'forgetWritable':
        return this.#writable.forget(command.fd);
      case 'watchReadable': {
        const { fd, watch } = command;
        return this.#readable.watch(fd, () => this.#emit({ is: 'readable', fd, watch }));
      }
      case 'forgetReadable':
        return this.#readable.forget(command.fd);
      case 'watchLog':
        return this.#logs.watch(command.path);
      case 'forgetLog':
        return this.#logs.unwatch(command.path);
      case 'openPool':
      case 'closePool':
      case 'printTo':
      case 'event':
      case 'listenerIs':
        return this.#pools.execute(command);
      case 'beginCopy':
      case 'finishCopy':
      case 'abandonCopy':
        return this.disk.during(Buffer.from(command.path), () => this.#compress(command));
      case 'statFiles':
        return this.#statFiles(command.paths, command.query);
      case 'expectDescriptors':
        return makeRoomForDescriptors(command.count);
      case 'collectGarbage':
        Bun.gc(true);
        return this.#reply(command.request, 0);
      case 'ping':
        return this.#reply(command.request, 0);
      case 'flush':
        this.#flushRequests.push(command.request);
        return this.#replyToFlushes();
      case 'restore':
        this.#restore(command.snapshot);
        return this.#reply(command.request, 0);
      case 'freeze':
        this.#stopped = true;
        this.#frozen = true;
        return;
      case 'stop':
        this.#stopped = true;
        return this.#reply(command.request, 0);
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
        const { backups, writer, query } = command;
        let copy: CompressedCopy | null = null;
        const errno = errnoOf(() => {
          copy = beginCopy(path, backups, writer);
        });
        return this.#emit({ is: 'copyBegun', query, copy: errno || copy });
      }
      case 'finishCopy': {
        const { backups, copy, suffix, request } = command;
        return this.#reply(
          request,
          errnoOf(() => finishCopy(path, backups, copy, suffix)),
        );
      }
      case 'abandonCopy':
        return this.#reply(
          command.request,
          errnoOf(() => abandonCopy(path)),
        );
    }
  }

  #changeLog(number: number, request: number, change: (target: LogTarget) => number): void {
    const log = this.#logs.get(number);
    if (!log) return this.#reply(request, 0);
    this.#reply(request, log.access(change));
    this.#logs.changed(log);
  }

  #statFiles(paths: readonly string[], query: number): void {
    const files = paths.map((path) => this.disk.during(Buffer.from(path), () => factsOf(path)));
    this.#emit({ is: 'files', query, files });
  }

  #onUnblocked(): void {
    this.#streams.unpark();
    this.#replyToFlushes();
  }

  /** A flush is complete only when no log is blocked. */
  #replyToFlushes(): void {
    if (!this.#blockedLogs.none) return;
    for (const request of this.#flushRequests) this.#reply(request, 0);
    this.#flushRequests = [];
  }

  /** The next deadline on the clock of performance.now(); null without one. */
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

  /** Sent at once rather than queued, because the next step may block on a disk. */
  #emitActive(): void {
    const now = performance.now();
    if (now < this.#nextActive) return;
    this.#nextActive = now + activeIntervalMs;
    this.send([{ is: 'active' }]);
  }

  #emitFault(error: unknown): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#emit({ is: 'trouble', message: `unexpected fault in the data plane: ${reason}` });
  }

  #reply(request: number, errno: number): void {
    this.#emit({ is: 'done', request, errno });
  }

  #emit(report: WorkerEvent): void {
    this.#events.push(report);
  }

  #sendEvents(): void {
    if (this.#events.length === 0) return;
    this.send(this.#events);
    this.#events = [];
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
