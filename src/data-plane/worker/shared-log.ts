// One log of a worker, shared by all its writers and reference-counted.
import type { Memory } from '../../linux/file.ts';
import type { LogTarget } from '../../logs/log-target.ts';
import type { SharedIoState } from '../protocol/shared-io-state.ts';
import type { SharedLogSnapshot } from '../protocol/snapshots.ts';

export class SharedLog {
  /** References: Log handles and streams. */
  references = 0;
  /** The streams among them. */
  streams = 0;
  watched = false;

  #name: Uint8Array | null = null;

  constructor(
    /** The number of the Log that opened it; names it in snapshots. */
    readonly id: number,
    /** Null for syslog and the journal. */
    readonly path: string | null,
    readonly target: LogTarget,
    private readonly disk: SharedIoState,
    private readonly onWritten: (log: SharedLog) => void,
  ) {}

  /** Writes memory[start, end); the caller may reuse the memory. */
  write(memory: Memory, start: number, end: number): void {
    if (start === end) return;
    this.disk.begin(this.#nameBytes());
    this.target.write(memory, start, end);
    this.disk.end();
    if (this.watched || this.target.waitsFor !== null) this.onWritten(this);
  }

  /** Any other access that may block on the disk. */
  access<T>(action: (target: LogTarget) => T): T {
    return this.disk.during(this.#nameBytes(), () => action(this.target));
  }

  snapshot(): SharedLogSnapshot {
    return { id: this.id, path: this.path, target: this.target.snapshot() };
  }

  /** Its reader is slow: back-pressure, so streams that write to it should be parked. */
  get isBlocked(): boolean {
    return this.target.waitsFor !== null;
  }

  #nameBytes(): Uint8Array {
    this.#name ??= Buffer.from(this.path ?? 'the system log');
    return this.#name;
  }
}
