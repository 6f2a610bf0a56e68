// Events per second to one listener: a full buffer is emptied by a listener that costs next to nothing.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { compare, type Row } from './measure.ts';

const total = 10_000;
/** Alone, what counts is how fast the kernel wakes a listener; beside programs, what the supervisor does per event. */
const programCounts = [0, 100, 400];

export async function measureEvents(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const programs of programCounts) {
    const setup = { config: config(programs), supervisord: 'minfds=8192' };
    rows.push(await compare(`events to one listener, ${programs} programs`, '1/s', setup, eventsPerSecond));
  }
  return rows;
}

function config(programs: number): string {
  return `
[eventlistener:lean]
command=/usr/bin/python3 ${join(import.meta.dir, 'lean-listener.py')} %(here)s/go ${total}
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
  const flood = join(import.meta.dir, '../integration/events/flood-of-events.py');
  await run(['/usr/bin/python3', flood, daemon.path('supervisor.sock'), String(total)]);
  writeFileSync(daemon.path('go'), '');
  await eventually(() => daemon.read('go.seconds') !== '', {
    what: 'the events to be through',
    timeoutMs: 120_000,
  });
  return total / Number(daemon.read('go.seconds'));
}
