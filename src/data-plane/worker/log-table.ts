// All open logs of this worker. Logs of one path share one SharedLog, so that only one of them rotates the file.
import { fstatSync } from 'node:fs';
import { explainUntrusted } from '../../linux/explain-untrusted.ts';
import { closeFile, openAppend, ownDescriptorOf } from '../../linux/file.ts';
import { UntrustedPath } from '../../linux/guarded-path.ts';
import { LogFile, type LogFileEvents } from '../../logs/log-file.ts';
import { errnoOf, type LogTarget } from '../../logs/log-target.ts';
import { restoreTarget } from '../../logs/restore-target.ts';
import { openSink, type Sink } from '../../logs/sink.ts';
import { SpecialFile } from '../../logs/special-file.ts';
import type { Syslog } from '../../logs/syslog.ts';
import type { Command, WorkerEvent } from '../protocol/messages.ts';
import type { SharedIoState } from '../protocol/shared-io-state.ts';
import type { LogTableSnapshot, SharedLogSnapshot } from '../protocol/snapshots.ts';
import type { BlockedLogs } from './blocked-logs.ts';
import { LogWatches } from './log-watches.ts';
import { SharedLog } from './shared-log.ts';

type OpenLog = Extract<Command, { do: 'openLog' }>;

/** `fd` is -1 unless `errno` is 0. */
interface Opened {
  readonly fd: number;
  readonly errno: number;
}

interface SharedLogParts extends Pick<SharedLog, 'id' | 'path' | 'target'> {}

export class LogTable {
  /** All that have a reference. */
  readonly #byId = new Map<number, SharedLog>();
  readonly #byNumber = new Map<number, SharedLog>();
  readonly #byPath = new Map<string, SharedLog>();
  readonly #watches = new LogWatches((path) => this.report({ is: 'logChanged', path }));
  /** Logs with a rotation schedule. */
  readonly #scheduled = new Map<LogFile, SharedLog>();
  #nextRotation: number | null = null;
  readonly #events: LogFileEvents = {
    trouble: (message) => this.report({ is: 'trouble', message }),
    discarded: (fd) => this.report({ is: 'discarded', fd }),
    rotated: (path, rotation, writer) => {
      if (rotation.compression) this.report({ is: 'rotated', path, rotation, writer });
    },
  };

  constructor(
    private readonly syslog: Syslog,
    private readonly report: (report: WorkerEvent) => void,
    private readonly blocked: BlockedLogs,
    private readonly disk: SharedIoState,
  ) {}

  get(number: number | null): SharedLog | null {
    return number === null ? null : (this.#byNumber.get(number) ?? null);
  }

  /** The log of a stream in a snapshot. */
  withId(id: number | null): SharedLog | null {
    return id === null ? null : (this.#byId.get(id) ?? null);
  }

  snapshot(): LogTableSnapshot {
    const numbers = Map.groupBy(this.#byNumber.keys(), (number) => this.#byNumber.get(number));
    const open = [...this.#byId.values()].map((log) => ({
      ...log.snapshot(),
      numbers: numbers.get(log) ?? [],
    }));
    return { open, released: this.blocked.released.map((log) => log.snapshot()) };
  }

  /** Continues from a snapshot. Streams add their own references afterwards. */
  restore({ open, released }: LogTableSnapshot): void {
    for (const { numbers, ...snapshot } of open) {
      const log = this.#adopt({ ...snapshot, target: this.#restored(snapshot) });
      for (const number of numbers) this.#register(number, log);
      this.blocked.check(log);
    }
    for (const snapshot of released) {
      this.blocked.check(this.#shared({ ...snapshot, target: this.#restored(snapshot) }));
    }
  }

  /** When it cannot be opened, the main thread gets the errno if it still waits; otherwise the log is opened later. */
  open(command: OpenLog): void {
    const opened = this.#opened(command);
    if (opened === null) return;
    const known = this.#byPath.get(command.path);
    if (known) this.#join(known, command, opened.fd);
    else this.#add(command, opened);
  }

  #opened(command: OpenLog): Opened | null {
    if (command.fd !== null) return { fd: command.fd, errno: 0 };
    const opened = this.disk.during(Buffer.from(command.path), () => this.#openedOrErrno(command));
    const isAwaited = this.disk.answer(command.log, opened.errno);
    return isAwaited && opened.errno !== 0 ? null : opened;
  }

  /** Reports an untrusted path here, because the reply has room for an errno only. */
  #openedOrErrno({ path, mode, writer }: OpenLog): Opened {
    let fd = -1;
    const errno = errnoOf(() => {
      try {
        fd = openAppend(path, mode, writer);
      } catch (error) {
        if (error instanceof UntrustedPath) this.#events.trouble(explainUntrusted(error));
        throw error;
      }
    });
    return { fd, errno };
  }

  openSink(number: number, sink: Sink): void {
    const target = openSink(sink, { syslog: this.syslog, trouble: this.#events.trouble });
    this.#register(number, this.#adopt({ id: number, path: null, target }));
  }

  /** Drops the reference of a Log. */
  forget(number: number): void {
    const log = this.#byNumber.get(number);
    this.#byNumber.delete(number);
    if (log) this.release(log);
  }

  release(log: SharedLog): void {
    log.references -= 1;
    if (log.references > 0) return;
    this.#byId.delete(log.id);
    if (log.path !== null) this.#byPath.delete(log.path);
    // BlockedLogs closes a blocked log once its buffer is written.
    if (!log.isBlocked) log.access((target) => target.close());
    if (log.target instanceof LogFile && this.#scheduled.delete(log.target)) this.#findNextRotation();
  }

  /** Reports the next change of the log at `path`, once. */
  watch(path: string): void {
    this.#watches.arm(path);
    this.#markWatched(path);
  }

  unwatch(path: string): void {
    this.#watches.forget(path);
    this.#markWatched(path);
  }

  /** Call it when a log was cleared or reopened. */
  changed(log: SharedLog): void {
    if (log.watched && log.path !== null) this.#watches.changed(log.path);
  }

  /** The file is open twice now; keeps the newer descriptor, whose path was just resolved. */
  #join(known: SharedLog, opening: OpenLog, fd: number): void {
    const { target } = known;
    if (fd >= 0 && target instanceof LogFile && isRegular(fd)) {
      known.access(() => target.adopt(fd, opening));
    } else if (fd >= 0) closeFile(fd);
    this.#schedule(known);
    this.#register(opening.log, known);
  }

  #add(opening: OpenLog, { fd, errno }: Opened): void {
    const { log, path, writer } = opening;
    const isFile = errno !== 0 || (ownDescriptorOf(path) === null && isRegular(fd));
    const target: LogTarget = isFile
      ? new LogFile(opening, errno === 0 ? fd : -errno, this.#events)
      : new SpecialFile(path, writer, fd, this.#events.trouble);
    const shared = this.#adopt({ id: log, path, target });
    this.changed(shared);
    this.#register(log, shared);
  }

  #restored({ path, target }: SharedLogSnapshot): LogTarget {
    const resources = { syslog: this.syslog, events: this.#events };
    return this.disk.during(Buffer.from(path ?? 'the system log'), () => restoreTarget(target, resources));
  }

  #adopt(parts: SharedLogParts): SharedLog {
    const { id, path } = parts;
    const log = this.#shared(parts);
    this.#byId.set(id, log);
    if (path !== null) {
      this.#byPath.set(path, log);
      this.#markWatched(path);
    }
    this.#schedule(log);
    return log;
  }

  #shared({ id, path, target }: SharedLogParts): SharedLog {
    return new SharedLog(id, path, target, this.disk, (log) => this.#onWritten(log));
  }

  #register(number: number, log: SharedLog): void {
    log.references += 1;
    this.#byNumber.set(number, log);
  }

  /** The next scheduled rotation, in milliseconds of Unix time; null without one. */
  get nextRotation(): number | null {
    return this.#nextRotation;
  }

  rotateOnSchedule(): void {
    const now = Date.now();
    if (this.#nextRotation === null || this.#nextRotation > now) return;
    for (const [file, log] of this.#scheduled) {
      if (file.rotatesAt === null || file.rotatesAt > now) continue;
      log.access(() => file.rotateOnSchedule());
      this.changed(log);
    }
    this.#findNextRotation();
  }

  #schedule(log: SharedLog): void {
    const { target } = log;
    if (!(target instanceof LogFile)) return;
    const changed =
      target.rotatesAt === null ? this.#scheduled.delete(target) : this.#scheduled.set(target, log);
    if (changed) this.#findNextRotation();
  }

  #findNextRotation(): void {
    const times = [...this.#scheduled.keys()].flatMap(({ rotatesAt }) => rotatesAt ?? []);
    this.#nextRotation = times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
  }

  #markWatched(path: string): void {
    const log = this.#byPath.get(path);
    if (log) log.watched = this.#watches.has(path);
  }

  #onWritten(log: SharedLog): void {
    this.blocked.check(log);
    this.changed(log);
  }
}

function isRegular(fd: number): boolean {
  return fstatSync(fd).isFile();
}
