// Samples the resource usage of all programs while there are subscribers. One sample serves all of them.
import { loadavg } from 'node:os';
import type { TreeSums } from '../../linux/process-tree.ts';
import { usageOf } from '../../supervisor/child/program-usage.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { UsageSample } from './api-types.ts';
import { processId } from './process-view.ts';
import { cpuSince } from './usage.ts';

const intervalMs = 2000;
/** Maximum share of CPU time spent on sampling. */
const maxCpuShare = 0.02;
/** Keeps clients updated even if samples are expensive. */
const maxPauseMs = 8000;

type Listener = (sample: UsageSample) => void;

export class UsageSampler {
  readonly #listeners = new Set<Listener>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isLooking = false;
  #before: { readonly sums: TreeSums; readonly atMs: number } | null = null;

  constructor(private readonly supervisor: Supervisor) {}

  /** Calls back after every sample, the first one at once. Returns unsubscribe. */
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
    const wanted = Math.max(intervalMs - (performance.now() - started), busyMs / maxCpuShare);
    const pause = Math.min(wanted, maxPauseMs);
    this.#timer = setTimeout(() => void this.#look(), pause);
  }

  /** CPU time it took, in milliseconds. */
  async #sample(): Promise<number> {
    const { usages, busyMs } = await usageOf(this.supervisor.processesByPriority);
    const started = performance.now();
    const sums = new Map([...usages].map(([{ pid }, usage]) => [pid, usage]));
    const elapsedSeconds = this.#before ? (started - this.#before.atMs) / 1000 : 0;
    const used = cpuSince(this.#before?.sums ?? new Map(), sums, elapsedSeconds);
    this.#before = { sums, atMs: started };
    const sample: UsageSample = {
      load: loadavg().map((load) => Math.round(load * 100) / 100),
      rows: [...usages].map(([process, { residentBytes }]) => [
        processId(process),
        used.get(process.pid) ?? 0,
        residentBytes,
      ]),
    };
    for (const listener of this.#listeners) listener(sample);
    return busyMs + performance.now() - started;
  }
}
