// One measurement on two daemons, ours and the original, in one run on one machine.
import { Daemon, type DaemonSetup, original, ours } from '../support/daemon.ts';

/** The original's own. */
export const python = '/usr/bin/python3';

export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly original: number;
}

/** Measures `figure` on each daemon, started on the same configuration; the one after the other. */
export async function compare(
  what: string,
  unit: string,
  setup: DaemonSetup,
  figure: (daemon: Daemon) => Promise<number>,
): Promise<Row> {
  return {
    what,
    unit,
    ours: await measure(ours, setup, figure),
    original: await measure(original, setup, figure),
  };
}

/** The same for several figures of one run, as many as there are names. */
export async function compareSeveral(
  whats: readonly string[],
  unit: string,
  setup: DaemonSetup,
  figures: (daemon: Daemon) => Promise<readonly number[]>,
): Promise<Row[]> {
  const mine = await measure(ours, setup, figures);
  const theirs = await measure(original, setup, figures);
  return whats.map((what, index) => ({
    what,
    unit,
    ours: mine[index] ?? Number.NaN,
    original: theirs[index] ?? Number.NaN,
  }));
}

async function measure<T>(
  executable: readonly string[],
  setup: DaemonSetup,
  figure: (daemon: Daemon) => Promise<T>,
): Promise<T> {
  const daemon = await Daemon.start({ ...setup, executable });
  try {
    return await figure(daemon);
  } finally {
    await daemon.stop();
  }
}

/** Sends one call without parameters over the unix socket; the answer as text. */
export async function call(daemon: Daemon, method: string, ...params: string[]): Promise<string> {
  const values = params.map((text) => `<param><value><string>${text}</string></value></param>`).join('');
  const response = await fetch('http://localhost/RPC2', {
    unix: daemon.path('supervisor.sock'),
    method: 'POST',
    headers: { 'Content-Type': 'text/xml' },
    body: `<?xml version='1.0'?><methodCall><methodName>supervisor.${method}</methodName><params>${values}</params></methodCall>`,
  });
  return response.text();
}

/** Of a line of the daemon's log, `2026-11-21 10:00:00,123 …` in UTC; milliseconds since 1970. */
export function timeOf(line: string): number {
  return Date.parse(`${line.slice(0, 10)}T${line.slice(11, 19)}.${line.slice(20, 23)}Z`);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}

/** Milliseconds until `condition` holds, looked at every `everyMs`. */
export async function timeUntil(condition: () => Promise<boolean>, everyMs: number): Promise<number> {
  const started = performance.now();
  while (!(await condition())) await Bun.sleep(everyMs);
  return performance.now() - started;
}
