// One log of the data plane, with all who write to it and those who want to know when it grows.
import type { Memory } from '../linux/file.ts';
import type { LogTarget } from './log-target.ts';

export class SharedLog {
  /** Who keeps it open: holders of a Log, and streams. */
  references = 0;
  /** The streams among them. */
  streams = 0;
  watched = false;

  constructor(
    /** Null for syslog. */
    readonly path: string | null,
    readonly target: LogTarget,
    private readonly onWritten: (log: SharedLog) => void,
  ) {}

  /** Takes memory[start, end), which may change afterwards. */
  write(memory: Memory, start: number, end: number): void {
    if (start === end) return;
    this.target.write(memory, start, end);
    if (this.watched || this.target.waitsFor !== null) this.onWritten(this);
  }

  /** Its reader is slow: whoever writes to it should wait. */
  get stuck(): boolean {
    return this.target.waitsFor !== null;
  }
}
