// All output streams of children in this worker: read from their pipes, parked while what they bring has nowhere to go,
// and ended with their pipe. What becomes of the bytes is the matter of each ChildStream.
import { E } from '../../linux/errno.ts';
import { closeFile, memoryOf, readInto } from '../../linux/file.ts';
import { pipeCapacity } from '../../linux/pipe.ts';
import type { Syslog } from '../../logs/syslog.ts';
import type { AttachCommand, WorkerEvent } from '../protocol/messages.ts';
import type { AdaptivePoller } from './adaptive-poller.ts';
import { ChildStream } from './child-stream.ts';
import type { ListenerPools } from './listener-pools.ts';
import type { LogTable } from './log-table.ts';
import type { SharedLog } from './shared-log.ts';

const bufferBytes = 128 * 1024;
/** Forwarded bytes that the control plane has not looked at yet: above the first no more are read, below the second again. */
const maxUnconsumedBytes = 512 * 1024;
const fewUnconsumedBytes = 256 * 1024;

export class ChildStreams {
  readonly #byNumber = new Map<number, ChildStream>();
  readonly #byFd = new Map<number, ChildStream>();
  /** Those that hold the beginning of a line. */
  readonly #holding = new Set<ChildStream>();
  /** Those that are not read because what they bring has nowhere to go just now. */
  readonly #parked = new Set<ChildStream>();
  readonly #buffer = memoryOf(new Uint8Array(bufferBytes));
  #unconsumedBytes = 0;

  constructor(
    private readonly epoll: AdaptivePoller,
    private readonly logs: LogTable,
    private readonly syslog: Syslog,
    private readonly pools: ListenerPools,
    private readonly tell: (report: WorkerEvent) => void,
  ) {}

  attach(command: AttachCommand): void {
    const log = this.logs.get(command.log);
    const { lines, listener } = command.settings;
    if (lines) log?.target.setPid?.(lines.source.pid);
    const onProtocol = listener && this.pools.connect(listener);
    const stream = new ChildStream(command, log, this.syslog, (report) => this.#report(report), onProtocol);
    if (log) {
      log.references += 1;
      log.streams += 1;
    }
    this.#byNumber.set(stream.number, stream);
    this.#byFd.set(stream.fd, stream);
    this.#watch(stream);
  }

  /** What a descendant writes while we read comes later: as much as the pipe holds is what can be there now. */
  drain(number: number): void {
    const stream = this.#byNumber.get(number);
    if (!stream) return;
    const capacity = pipeCapacity(stream.fd);
    for (let bytes = 0; bytes < capacity; ) {
      const count = this.#read(stream);
      if (count === 0) break;
      bytes += count;
    }
    stream.flush();
  }

  /** The control plane has looked at so many of the bytes that were forwarded. */
  consumed(bytes: number): void {
    this.#unconsumedBytes -= bytes;
    if (this.#parked.size > 0 && this.#unconsumedBytes < fewUnconsumedBytes) this.unpark();
  }

  /** Drops what was captured so far of the streams that are logged there. */
  clearCaptures(log: SharedLog): void {
    for (const stream of this.#byNumber.values()) if (stream.log === log) stream.clearCapture();
  }

  /** Whether `fd` is one of theirs; then one read of it, unless it is parked. */
  readable(fd: number): boolean {
    const stream = this.#byFd.get(fd);
    if (!stream) return false;
    if (stream.log?.stuck || (stream.forward && this.#unconsumedBytes > maxUnconsumedBytes)) {
      this.epoll.unwatch(fd);
      this.#parked.add(stream);
    } else {
      this.epoll.wasRead(fd, this.#read(stream));
    }
    return true;
  }

  /** Everything may go on; who still cannot will be parked again. */
  unpark(): void {
    const streams = [...this.#parked];
    this.#parked.clear();
    for (const stream of streams) this.#watch(stream);
  }

  /** When the first beginning of a line is to be written, on the clock of performance.now(); infinity when there is none. */
  get deadline(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const stream of this.#holding) earliest = Math.min(earliest, stream.deadline ?? earliest);
    return earliest;
  }

  flushLate(now: number): void {
    for (const stream of this.#holding) {
      if ((stream.deadline ?? now) > now) continue;
      // On a busy machine it was us who were late: the rest of the line may be there.
      if (!this.#parked.has(stream) && this.#read(stream) > 0) continue;
      stream.flush();
      this.#holding.delete(stream);
    }
  }

  #watch(stream: ChildStream): void {
    const { fd, prompt } = stream;
    const failure = prompt ? this.epoll.watchPromptly(fd) : this.epoll.watchPatiently(fd);
    if (failure === 0) return;
    this.tell({ is: 'trouble', message: `cannot watch a pipe of a program (errno ${failure})` });
    this.#end(stream);
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
    this.epoll.unwatch(stream.fd);
    closeFile(stream.fd);
    this.#byNumber.delete(stream.number);
    this.#byFd.delete(stream.fd);
    this.#holding.delete(stream);
    this.#parked.delete(stream);
    if (!stream.log) return;
    stream.log.streams -= 1;
    this.logs.release(stream.log);
  }

  #report(report: WorkerEvent): void {
    if (report.is === 'data') this.#unconsumedBytes += report.bytes.length;
    this.tell(report);
  }
}
