// One output stream of a child in the worker: what is read from its pipe, and where that goes.
import { Capture, type CapturePiece } from './capture.ts';
import type { LogFile } from './log-file.ts';
import type { Report } from './messages.ts';
import { AnsiStripper } from './strip-ansi.ts';

export interface ChildStreamSpec {
  readonly stream: number;
  readonly fd: number;
  readonly stripAnsi: boolean;
  readonly captureMaxBytes: number;
  readonly forward: boolean;
  readonly prompt: boolean;
}

export class ChildStream {
  readonly fd: number;
  readonly prompt: boolean;
  readonly #stripper: AnsiStripper | null;
  readonly #capture: Capture | null;

  constructor(
    private readonly spec: ChildStreamSpec,
    readonly log: LogFile | null,
    private readonly report: (report: Report) => void,
  ) {
    this.fd = spec.fd;
    this.prompt = spec.prompt;
    this.#stripper = spec.stripAnsi ? new AnsiStripper() : null;
    this.#capture = spec.captureMaxBytes > 0 ? new Capture(spec.captureMaxBytes) : null;
  }

  get number(): number {
    return this.spec.stream;
  }

  /** `chunk` is the loop's own buffer (`pointer` is its address): what is kept must be copied. */
  received(chunk: Uint8Array, pointer: number): void {
    if (this.#stripper === null && this.#capture === null) {
      this.log?.writeAt(pointer, chunk.length);
      if (this.spec.forward) this.report({ is: 'data', stream: this.number, bytes: chunk.slice() });
      return;
    }
    this.#understand(this.#stripper?.strip(chunk) ?? chunk);
  }

  ended(): void {
    if (this.#stripper) this.#understand(this.#stripper.end());
    if (this.#capture) this.#route(this.#capture.end());
    this.report({ is: 'ended', stream: this.number });
  }

  /** Drops what was captured so far, if it writes to this file. */
  clearCaptureOf(log: LogFile | undefined): void {
    if (log !== undefined && this.log === log) this.#capture?.clear();
  }

  #understand(bytes: Uint8Array): void {
    this.#route(this.#capture?.feed(bytes) ?? [{ is: 'text', inside: false, bytes }]);
  }

  #route(pieces: readonly CapturePiece[]): void {
    for (const piece of pieces) {
      if (piece.is === 'captured') {
        this.report({ is: 'captured', stream: this.number, bytes: piece.bytes });
        continue;
      }
      if (!piece.inside) this.log?.write(piece.bytes);
      if (this.spec.forward && piece.bytes.length > 0) {
        this.report({ is: 'data', stream: this.number, bytes: piece.bytes.slice() });
      }
    }
  }
}
