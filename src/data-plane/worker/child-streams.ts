// All output streams of children in this worker: reads their pipes, parks them for back-pressure, ends them at EOF.
// ChildStream decides what happens to the bytes.
import { E } from '../../linux/errno.ts';
import { closeFile, type Memory, memoryOf, readInto } from '../../linux/file.ts';
import { pipeCapacity } from '../../linux/pipe.ts';
import type { Syslog } from '../../logs/syslog.ts';
import type { AttachCommand, WorkerEvent } from '../protocol/messages.ts';
import type { ChildStreamSnapshot } from '../protocol/snapshots.ts';
import type { AdaptivePoller } from './adaptive-poller.ts';
import { ChildStream } from './child-stream.ts';
import type { ListenerPools } from './listener-pools.ts';
import type { LogTable } from './log-table.ts';
import type { SharedLog } from './shared-log.ts';

const bufferBytes = 128 * 1024;
/**
 * Instructions of an awaited expression beyond which the other streams come first: some 10 ms. A byte may cost as many as the
 * expression has, though hardly ever more than none.
 */
const maxMatchingCost = 512 * 1024;
/**
 * High and low watermark of forwarded bytes that the main thread has not consumed: reading pauses above, resumes below.
 */
const highWatermarkBytes = 512 * 1024;
const lowWatermarkBytes = 256 * 1024;

export class ChildStreams {
  readonly #byNumber = new Map<number, ChildStream>();
  readonly #byFd = new Map<number, ChildStream>();
  /** Streams with a buffered partial line. */
  readonly #buffering = new Set<ChildStream>();
  /** Streams that are not read, because their log is blocked or the main thread is behind. */
  readonly #parked = new Set<ChildStream>();
  readonly #buffer = memoryOf(new Uint8Array(bufferBytes));
  #unconsumedBytes = 0;

  constructor(
    private readonly epoll: AdaptivePoller,
    private readonly logs: LogTable,
    private readonly syslog: Syslog,
    private readonly pools: ListenerPools,
    private readonly emit: (report: WorkerEvent) => void,
  ) {}

  attach(command: AttachCommand): void {
    const log = this.logs.get(command.log);
    const { lines, listener } = command.settings;
    if (lines) log?.target.setPid?.(lines.source.pid);
    const onProtocol = listener && this.pools.connect(listener, command.stream);
    this.#adopt(new ChildStream(command, log, this.syslog, (report) => this.#emitFrom(report), onProtocol));
  }

  snapshot(): readonly ChildStreamSnapshot[] {
    return [...this.#byNumber.values()].map((stream) => stream.snapshot());
  }

  /** Continues from a snapshot, after the logs and pools. */
  restore(snapshots: readonly ChildStreamSnapshot[]): void {
    for (const snapshot of snapshots) {
      const log = this.logs.withId(snapshot.log);
      const { listener } = snapshot.settings;
      const onProtocol = listener && this.pools.outputOf(listener, snapshot.stream);
      const emit = (report: WorkerEvent) => this.#emitFrom(report);
      const stream = new ChildStream(snapshot, log, this.syslog, emit, onProtocol);
      stream.restore(snapshot);
      if (stream.deadline !== null) this.#buffering.add(stream);
      this.#adopt(stream);
    }
  }

  /** Bounded by the pipe's capacity, so that a descendant that keeps writing cannot prolong it. */
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

  stopAwaiting(number: number): void {
    const stream = this.#byNumber.get(number);
    stream?.stopAwaiting();
    if (stream?.isFinished) this.#end(stream);
  }

  /** The main thread has consumed this many forwarded bytes. */
  consumed(bytes: number): void {
    this.#unconsumedBytes -= bytes;
    if (this.#parked.size > 0 && this.#unconsumedBytes < lowWatermarkBytes) this.unpark();
  }

  /** Drops the captures in progress of all streams of this log. */
  clearCaptures(log: SharedLog): void {
    for (const stream of this.#byNumber.values()) if (stream.log === log) stream.clearCapture();
  }

  /** Handles readiness: one read, or parks the stream. False when `fd` is no stream. */
  readable(fd: number): boolean {
    const stream = this.#byFd.get(fd);
    if (!stream) return false;
    if (stream.log?.isBlocked || (stream.forward && this.#unconsumedBytes > highWatermarkBytes)) {
      this.epoll.unwatch(fd);
      this.#parked.add(stream);
    } else {
      this.epoll.wasRead(fd, this.#read(stream));
    }
    return true;
  }

  /** Watches all parked streams again; those that are still held back are parked again. */
  unpark(): void {
    const streams = [...this.#parked];
    this.#parked.clear();
    for (const stream of streams) this.#watch(stream);
  }

  /** When to write the first partial line, on the clock of performance.now(); infinity when there is none. */
  get deadline(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const stream of this.#buffering) earliest = Math.min(earliest, stream.deadline ?? earliest);
    return earliest;
  }

  flushLate(now: number): void {
    for (const stream of this.#buffering) {
      if ((stream.deadline ?? now) > now) continue;
      // On a busy machine the worker may be late itself: the rest of the line may be in the pipe.
      if (!this.#parked.has(stream) && this.#read(stream) > 0) continue;
      stream.flush();
      this.#buffering.delete(stream);
    }
  }

  #adopt(stream: ChildStream): void {
    if (stream.log) {
      stream.log.references += 1;
      stream.log.streams += 1;
    }
    this.#byNumber.set(stream.number, stream);
    this.#byFd.set(stream.fd, stream);
    this.#watch(stream);
  }

  #watch(stream: ChildStream): void {
    const { fd, prompt } = stream;
    const failure = prompt ? this.epoll.watchPromptly(fd) : this.epoll.watchCoalesced(fd);
    if (failure === 0) return;
    this.emit({ is: 'trouble', message: `cannot watch a pipe of a program (errno ${failure})` });
    this.#end(stream);
  }

  /** One read, or several small ones; returns the number of bytes. Ends the stream at EOF. */
  #read(stream: ChildStream): number {
    return stream.isAwaiting ? this.#readPieces(stream) : this.#readInto(this.#buffer, stream);
  }

  #readPieces(stream: ChildStream): number {
    const costBefore = stream.matchingCost;
    const pieceBytes = Math.min(bufferBytes, Math.ceil(maxMatchingCost / stream.maxCostPerByte));
    const piece = { bytes: this.#buffer.bytes.subarray(0, pieceBytes), address: this.#buffer.address };
    let bytes = 0;
    while (bytes < bufferBytes && stream.matchingCost - costBefore < maxMatchingCost) {
      const count = this.#readInto(piece, stream);
      bytes += count;
      if (count < pieceBytes) break;
    }
    return bytes;
  }

  #readInto(memory: Memory, stream: ChildStream): number {
    const count = readInto(stream.fd, memory);
    if (count > 0) {
      stream.received(memory, count);
      if (stream.deadline !== null) this.#buffering.add(stream);
      if (!stream.isFinished) return count;
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
    this.#buffering.delete(stream);
    this.#parked.delete(stream);
    if (!stream.log) return;
    stream.log.streams -= 1;
    this.logs.release(stream.log);
  }

  #emitFrom(report: WorkerEvent): void {
    if (report.is === 'data') this.#unconsumedBytes += report.bytes.length;
    this.emit(report);
  }
}
