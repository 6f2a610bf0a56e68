// Events per second to one listener: a full buffer is emptied, by a listener that costs next to nothing or by the usual one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Daemon, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { compare, python, type Row } from './measure.ts';

const total = 10_000;
const rounds = 3;
/** Alone, what counts is how fast the kernel wakes a listener; beside programs, what the supervisor does per event. */
const programCounts = [0, 25, 100, 400];
const lean = join(import.meta.dir, 'lean-listener.py');

export async function measureEvents(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const programs of programCounts) {
    rows.push(await rowOf(`events to one listener, ${programs} programs`, programs, ''));
    if (programs === 0) rows.push(await ceilingOf(rows[0]?.original ?? Number.NaN));
  }
  rows.push(await rowOf('events to one listener with childutils, 100 programs', 100, 'childutils'));
  return rows;
}

function rowOf(what: string, programs: number, listener: string): Promise<Row> {
  const setup = { config: config(programs, listener), supervisord: 'minfds=8192' };
  return compare(`${what}, best of ${rounds}`, '1/s', setup, eventsPerSecond);
}

/** The ratio is what nobody can surpass, since the listener and the kernel take the rest of the time. */
async function ceilingOf(original: number): Promise<Row> {
  const directory = mkdtempSync(join(tmpdir(), 'tsv-bench-'));
  const rates: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      writeFileSync(join(directory, 'go'), '');
      const pump = join(import.meta.dir, 'bare-loop.pl');
      const { stdout } = await run([
        '/usr/bin/perl',
        pump,
        String(total),
        python,
        lean,
        join(directory, 'go'),
        String(total),
      ]);
      rates.push(Number(stdout));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  return {
    what: 'the same from a bare loop instead of ours',
    unit: '1/s',
    ours: Math.max(...rates),
    original,
  };
}

function config(programs: number, listener: string): string {
  return `
[eventlistener:lean]
command=${python} ${lean} %(here)s/go ${total} ${listener}
events=REMOTE_COMMUNICATION
buffer_size=${total}
stdout_logfile=NONE
[program:idle]
command=/bin/sleep 100000
process_name=%(program_name)s_%(process_num)d
numprocs=${programs}
stdout_logfile=NONE
stderr_logfile=NONE
`;
}

async function eventsPerSecond(daemon: Daemon): Promise<number> {
  await eventually(async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'), {
    what: 'everything to run',
    timeoutMs: 60_000,
  });
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) rates.push(await rateOfOneFlood(daemon));
  return Math.max(...rates);
}

async function rateOfOneFlood(daemon: Daemon): Promise<number> {
  const flood = join(import.meta.dir, '../integration/events/flood-of-events.py');
  await run([python, flood, daemon.path('supervisor.sock'), String(total)]);
  rmSync(daemon.path('go.seconds'), { force: true });
  writeFileSync(daemon.path('go'), '');
  await eventually(() => daemon.read('go.seconds') !== '', {
    what: 'the events to be through',
    timeoutMs: 120_000,
  });
  return total / Number(daemon.read('go.seconds'));
}
