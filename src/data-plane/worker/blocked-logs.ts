// Logs whose readers do not read: a FIFO, a terminal, our own stdout, the journal. Each is written again when its descriptor can be,
// and given up when that takes too long.
import { BufferedLog } from '../../logs/buffered-log.ts';
import type { SharedLog } from './shared-log.ts';

export class BlockedLogs {
  readonly #logs = new Map<SharedLog, BufferedLog>();

  constructor(
    /** Asks for writable(fd) when it can be written. */
    private readonly watch: (fd: number) => void,
    /** Whoever waited for a log may go on. */
    private readonly onFreed: () => void,
  ) {}

  get none(): boolean {
    return this.#logs.size === 0;
  }

  /** To be called whenever something was written to `log`. */
  look(log: SharedLog): void {
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

  /** When the first reader is to be given up, on the clock of performance.now(); infinity when all read. */
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
    this.onFreed();
  }
}
