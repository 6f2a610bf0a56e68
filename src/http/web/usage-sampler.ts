// What the programs use of the machine, looked at again and again while somebody wants to know, and never else.
// One look serves all.
import { loadavg } from 'node:os';
import { allPids, type ProcessRow, processRow } from '../../linux/process-table.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import { processId } from './process-view.ts';
import { cpuSince, sumTrees, type TreeSums } from './usage.ts';
import type { UsageSample } from './wire.ts';

const INTERVAL_MS = 2000;
/** A look may take this part of the time. */
const MOST_OF_THE_TIME = 0.02;
/** Whoever listens has to hear of us now and then. */
const LONGEST_PAUSE_MS = 8000;
/** How long looking may keep the event loop from others. */
const BURST_MS = 10;

type Listener = (sample: UsageSample) => void;

export class UsageSampler {
  readonly #listeners = new Set<Listener>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isLooking = false;
  #before: { readonly sums: TreeSums; readonly atMs: number } | null = null;

  constructor(private readonly supervisor: Supervisor) {}

  /** Calls back after every look, the first one at once. Returns unsubscribe. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#timer === null && !this.#isLooking) void this.#look();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = null;
      this.#before = null;
    };
  }

  async #look(): Promise<void> {
    this.#timer = null;
    this.#isLooking = true;
    const started = performance.now();
    const busyMs = await this.#sample();
    this.#isLooking = false;
    if (this.#listeners.size === 0) return;
    const wanted = Math.max(INTERVAL_MS - (performance.now() - started), busyMs / MOST_OF_THE_TIME);
    const pause = Math.min(wanted, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => void this.#look(), pause);
  }

  /** For how long it kept the processor busy, in milliseconds. */
  async #sample(): Promise<number> {
    const { rows, busyMs } = await readTable();
    const started = performance.now();
    const processes = this.supervisor.processesByPriority.filter(({ pid }) => pid > 0);
    const sums = sumTrees(
      rows,
      processes.map(({ pid }) => pid),
    );
    const elapsedSeconds = this.#before ? (started - this.#before.atMs) / 1000 : 0;
    const used = cpuSince(this.#before?.sums ?? new Map(), sums, elapsedSeconds);
    this.#before = { sums, atMs: started };
    const sample: UsageSample = {
      load: loadavg().map((load) => Math.round(load * 100) / 100),
      rows: processes.flatMap((process) => {
        const sum = sums.get(process.pid);
        return sum ? [[processId(process), used.get(process.pid) ?? 0, sum.residentBytes] as const] : [];
      }),
    };
    for (const listener of this.#listeners) listener(sample);
    return busyMs + performance.now() - started;
  }
}

async function readTable(): Promise<{ rows: ProcessRow[]; busyMs: number }> {
  const rows: ProcessRow[] = [];
  let busyMs = 0;
  let burst = performance.now();
  for (const pid of allPids()) {
    const row = processRow(pid);
    if (row) rows.push(row);
    if (performance.now() - burst < BURST_MS) continue;
    busyMs += performance.now() - burst;
    await new Promise((resolve) => setImmediate(resolve));
    burst = performance.now();
  }
  return { rows, busyMs: busyMs + performance.now() - burst };
}
