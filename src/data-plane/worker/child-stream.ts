// One output stream of a child in the worker: routes the bytes of its pipe to log, syslog, capture and main thread.
import { type Memory, memoryOf } from '../../linux/file.ts';
import { fromMonotonic, toMonotonic } from '../../linux/monotonic-clock.ts';
import { Capture, type CapturePiece } from '../../logs/capture.ts';
import { LineBuffer } from '../../logs/line-buffer.ts';
import { type LineFormatter, lineFormatter } from '../../logs/line-formatter.ts';
import { AnsiStripper } from '../../logs/strip-ansi.ts';
import type { Syslog } from '../../logs/syslog.ts';
import type { AttachCommand, StreamSettings, WorkerEvent } from '../protocol/messages.ts';
import type { ChildStreamSnapshot } from '../protocol/snapshots.ts';
import { type AwaitedMatcher, matcherOf } from './awaited-matcher.ts';
import type { SharedLog } from './shared-log.ts';

/** How long a partial record waits for the end of its line. */
const recordWaitMs = 1000;

export class ChildStream {
  readonly number: number;
  readonly fd: number;
  readonly prompt: boolean;
  /** Whether the main thread gets the bytes. */
  readonly forward: boolean;
  readonly #settings: StreamSettings;
  readonly #syslogPrefix: string | null;
  readonly #stripper: AnsiStripper | null;
  readonly #capture: Capture | null;
  readonly #formatter: LineFormatter | null;
  #recordSince = 0;
  readonly #lines: LineBuffer;
  #matcher: AwaitedMatcher | null;
  #isFinished = false;

  constructor(
    { stream, forward, settings }: Pick<AttachCommand, 'stream' | 'forward' | 'settings'>,
    readonly log: SharedLog | null,
    private readonly syslog: Syslog,
    private readonly report: (report: WorkerEvent) => void,
    /** Parses the listener protocol; must copy what it keeps of the chunk. */
    private readonly onProtocol: ((chunk: Uint8Array) => void) | null,
  ) {
    const { lines, syslogName, captureMaxBytes, awaits } = settings;
    this.number = stream;
    this.fd = settings.fd;
    this.prompt = settings.prompt;
    this.forward = forward;
    this.#settings = settings;
    this.#syslogPrefix = syslogName === null ? null : `${syslogName} `;
    this.#stripper = settings.stripAnsi ? new AnsiStripper() : null;
    this.#formatter = lines && lineFormatter(lines.style, lines.source);
    const write = (memory: Memory, start: number, end: number) => this.log?.write(memory, start, end);
    this.#lines = new LineBuffer(write, log?.target.lineWaitMs || undefined);
    this.#capture = captureMaxBytes > 0 ? new Capture(captureMaxBytes) : null;
    this.#matcher = awaits && matcherOf(awaits);
  }

  /** It has not brought what it awaits. */
  get isAwaiting(): boolean {
    return this.#matcher !== null;
  }

  /** What matching has cost so far, in executed instructions of the expression. */
  get matchingCost(): number {
    return this.#matcher?.cost ?? 0;
  }

  /** At least 1. */
  get maxCostPerByte(): number {
    return this.#matcher?.maxCostPerByte ?? 1;
  }

  /** It awaited a newline and nothing else: it should be closed. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  stopAwaiting(): void {
    this.#matcher = null;
    this.#isFinished = this.#settings.awaits?.kind === 'newline';
  }

  /** Takes the first `count` bytes of `memory`, which the loop reuses: copies what it keeps. */
  received(memory: Memory, count: number): void {
    if (this.#stripper === null && this.#capture === null) {
      this.#writeText(memory, count);
      return;
    }
    const chunk = memory.bytes.subarray(0, count);
    this.#capturing(this.#stripper?.strip(chunk) ?? chunk);
  }

  /** When a partial line must be written without its end; null when none is buffered. */
  get deadline(): number | null {
    return this.#formatter?.pending ? this.#recordSince + recordWaitMs : this.#lines.deadline;
  }

  /** Writes the buffered partial line. */
  flush(): void {
    if (this.#formatter) this.#toLog(memoryOf(this.#formatter.flush(Date.now())));
    this.#lines.flush();
  }

  ended(): void {
    if (this.#stripper) this.#capturing(this.#stripper.end());
    if (this.#capture) this.#route(this.#capture.end());
    this.flush();
    this.report({ is: 'ended', stream: this.number });
  }

  snapshot(): ChildStreamSnapshot {
    return {
      stream: this.number,
      forward: this.forward,
      settings: this.#matcher ? this.#settings : { ...this.#settings, awaits: null },
      log: this.log?.id ?? null,
      stripper: this.#stripper?.snapshot() ?? null,
      capture: this.#capture?.snapshot() ?? null,
      formatter: this.#formatter?.snapshot() ?? null,
      recordSince: toMonotonic(this.#recordSince),
      lines: this.#lines.snapshot(),
      matcher: this.#matcher?.snapshot() ?? null,
    };
  }

  /** Continues from the snapshot of a stream with the same settings. */
  restore({ stripper, capture, formatter, recordSince, lines, matcher }: ChildStreamSnapshot): void {
    if (stripper) this.#stripper?.restore(stripper);
    if (capture) this.#capture?.restore(capture);
    if (formatter) this.#formatter?.restore(formatter);
    this.#recordSince = fromMonotonic(recordSince);
    this.#lines.restore(lines);
    if (matcher) this.#matcher?.restore(matcher);
  }

  /** Drops the capture in progress. */
  clearCapture(): void {
    this.#capture?.clear();
  }

  #capturing(bytes: Uint8Array): void {
    this.#route(this.#capture?.feed(bytes) ?? [{ is: 'text', inside: false, bytes }]);
  }

  #route(pieces: readonly CapturePiece[]): void {
    for (const piece of pieces) {
      if (piece.is === 'captured') this.report({ is: 'captured', stream: this.number, bytes: piece.bytes });
      else if (piece.inside) this.#forward(piece.bytes);
      else this.#writeText(memoryOf(piece.bytes), piece.bytes.length);
    }
  }

  /** Log text: to the file, to syslog, to the main thread and the pool. */
  #writeText(memory: Memory, count: number): void {
    if (count === 0) return;
    if (this.#formatter) this.#toLog(this.#formatted(this.#formatter, memory.bytes.subarray(0, count)));
    else this.#toLog(memory, count);
    const isElsewhere = this.#syslogPrefix !== null || this.forward || this.onProtocol !== null;
    if (!isElsewhere && this.#matcher === null) return;
    const chunk = memory.bytes.subarray(0, count);
    this.#match(chunk);
    if (this.#syslogPrefix !== null) this.syslog.writeLines(chunk, this.#syslogPrefix);
    this.#forward(chunk);
    this.onProtocol?.(chunk);
  }

  #match(chunk: Uint8Array): void {
    if (!this.#matcher?.feed(chunk)) return;
    this.stopAwaiting();
    this.report({ is: 'matched', stream: this.number });
  }

  #formatted(formatter: LineFormatter, chunk: Uint8Array): Memory {
    this.#recordSince = performance.now();
    return memoryOf(formatter.add(chunk, Date.now()));
  }

  #toLog(memory: Memory, count = memory.bytes.length): void {
    if (!this.log || count === 0) return;
    this.#lines.add(memory, 0, count, this.log.streams > 1 || this.log.target.lineWaitMs > 0);
  }

  #forward(chunk: Uint8Array): void {
    if (this.forward && chunk.length > 0) {
      this.report({ is: 'data', stream: this.number, bytes: chunk.slice() });
    }
  }
}
