// Logs blocked by a slow reader: a FIFO, a terminal, the daemon's stdout, the journal. Each is written again when its
// descriptor is writable, and given up after a timeout.
import { BufferedLog } from '../../logs/buffered-log.ts';
import type { SharedLog } from './shared-log.ts';

export class BlockedLogs {
  readonly #logs = new Map<SharedLog, BufferedLog>();

  constructor(
    /** Requests one call of `writable(fd)`. */
    private readonly watch: (fd: number) => void,
    /** A log is no longer blocked: parked streams may continue. */
    private readonly onUnblocked: () => void,
  ) {}

  get none(): boolean {
    return this.#logs.size === 0;
  }

  /** Those without a reference, which are closed once their buffers are written. */
  get released(): readonly SharedLog[] {
    return [...this.#logs.keys()].filter(({ references }) => references === 0);
  }

  /** Call it after every write to `log`. */
  check(log: SharedLog): void {
    const { target } = log;
    if (target.waitsFor === null || !(target instanceof BufferedLog) || this.#logs.has(log)) return;
    this.#logs.set(log, target);
    this.watch(target.waitsFor);
  }

  writable(fd: number): void {
    for (const [log, target] of this.#logs) {
      if (target.waitsFor !== fd) continue;
      target.writePending();
      this.#after(log, target);
    }
  }

  /** When to give up the first reader, on the clock of performance.now(); infinity without a blocked log. */
  get deadline(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { deadline } of this.#logs.values()) earliest = Math.min(earliest, deadline ?? earliest);
    return earliest;
  }

  giveUpLate(now: number): void {
    for (const [log, target] of this.#logs) {
      if ((target.deadline ?? now) > now) continue;
      target.giveUp();
      this.#after(log, target);
    }
  }

  #after(log: SharedLog, target: BufferedLog): void {
    if (target.waitsFor !== null) return this.watch(target.waitsFor);
    this.#logs.delete(log);
    if (log.references === 0) target.close();
    this.onUnblocked();
  }
}
