// One log of the data plane, with all who write to it and those who want to know when it grows.
import type { Memory } from '../../linux/file.ts';
import type { LogTarget } from '../../logs/log-target.ts';
import type { SharedIoState } from '../protocol/shared-io-state.ts';

export class SharedLog {
  /** Who keeps it open: holders of a Log, and streams. */
  references = 0;
  /** The streams among them. */
  streams = 0;
  watched = false;

  #name: Uint8Array | null = null;

  constructor(
    /** Null for syslog and the journal. */
    readonly path: string | null,
    readonly target: LogTarget,
    private readonly disk: SharedIoState,
    private readonly onWritten: (log: SharedLog) => void,
  ) {}

  /** Takes memory[start, end), which may change afterwards. */
  write(memory: Memory, start: number, end: number): void {
    if (start === end) return;
    this.disk.begin(this.#nameBytes());
    this.target.write(memory, start, end);
    this.disk.end();
    if (this.watched || this.target.waitsFor !== null) this.onWritten(this);
  }

  /** Anything else that may have to wait for the disk. */
  ask<T>(question: (target: LogTarget) => T): T {
    return this.disk.during(this.#nameBytes(), () => question(this.target));
  }

  /** Its reader is slow: whoever writes to it should wait. */
  get stuck(): boolean {
    return this.target.waitsFor !== null;
  }

  #nameBytes(): Uint8Array {
    this.#name ??= Buffer.from(this.path ?? 'the system log');
    return this.#name;
  }
}
